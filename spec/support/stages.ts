/**
 * What users' stages run under in specs: a clock that stands until it is moved, a deadline of 100 ms, and a log to look at.
 */
import { type DestinationStream, pino } from 'pino';
import type { VirtualTimeScheduler } from 'rxjs';
import { Budget } from '../../lib/pipeline/budget';
import { LiveConnection, type StageRules } from '../../lib/pipeline/connection';
import type { Request } from '../../lib/pipeline/seams';
import type { Api } from '../../lib/protocol/api';
import { clockAt } from './in-process';

export interface Ruled {
  readonly rules: StageRules;
  readonly clock: VirtualTimeScheduler;
  readonly logged: { msg: string; level: number; stage?: string; err?: { message: string; stack: string } }[];
}

export function ruled(): Ruled {
  const clock = clockAt(0);
  const logged: Ruled['logged'] = [];
  const lines: DestinationStream = { write: (line) => void logged.push(JSON.parse(line)) };
  const logger = pino({ level: 'debug', base: undefined, serializers: { err: pino.stdSerializers.err } }, lines);
  return { rules: { scheduler: clock, logger, maxMs: 100 }, clock, logged };
}

export function live(rules?: StageRules): LiveConnection {
  return new LiveConnection({
    ...{ id: 1, listener: 'PLAINTEXT', remoteAddress: '', budget: new Budget(1e6), maxQueuedBytes: 1e6 },
    rules,
  });
}

/** A request as Decoder makes it. */
export function requestOf(api: Api, body: unknown): Request {
  const frame = { bytes: Buffer.alloc(10), receivedAtMs: 0 };
  const header = { apiKey: api.key, apiVersion: 1, correlationId: 1, clientId: 'spec' };
  return { is: 'request', frame, header, api, version: 1, body };
}
