/**
 * Where the recording thread begins. Started by on-thread.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadOptions } from './messages';
import { record } from './record';

record(parentPort!, workerData as ThreadOptions);
