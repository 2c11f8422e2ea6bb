/**
 * `capture`: records what a broker or a proxy hears and says, as stages at its seams `frames` and `outbound`.
 *
 * What always holds: nothing that flows through is changed or held back, unless it is wanted that traffic waits for the
 * disk; an error of the disk ends the recording and nothing else. Secrets are left out unless they are to be kept
 * (redact/secrets.ts says which).
 */
import { Writable } from 'node:stream';
import { asyncScheduler } from 'rxjs';
import type { Logger } from '../logger';
import type { Taps } from '../pipeline/seams';
import { checkNames, UsageError } from '../usage';
import { fineClock } from './fine-clock';
import { InPlace } from './in-place';
import type { Recorded } from './mrcap/recorder';
import { filesAt, StreamTarget } from './mrcap/target';
import { checkAboveZero, checkRecording, type RecordingOptions, recordingOptionNames } from './recording-options';
import { recordingTaps } from './recording-taps';
import { OnThread } from './thread/on-thread';

/** What is recorded, and how; all may be left out. */
export interface CaptureOptions extends RecordingOptions {
  /** From this size in bytes on another file begins: `x.mrcap`, `x.1.mrcap`, ... */
  readonly rollBytes?: number;
  /** From this age in ms on another file begins. */
  readonly rollMs?: number;
  /**
   * Whether a thread of its own takes secrets out, compresses and writes, so that the broker's thread only copies what
   * passes. If absent: for files, unless a clock is given. Such a thread takes some 20 MiB.
   */
  readonly thread?: boolean;
  /** Compresses blocks: true, or the level of zstd. */
  readonly zstd?: boolean | number;
  /** How long an event may wait to be written, in ms; 100 if absent. */
  readonly flushMs?: number;
  /** What else the file is to say of itself, such as the cluster's id. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Is told if the recording fails. */
  readonly logger?: Logger;
}

/** A recording that goes on. */
export interface Recording {
  /** For `createBroker({ taps })`, `broker.taps.add`, or a proxy. */
  readonly taps: Taps;
  /** Resolves when the file is open. Rejects if it cannot be opened; that is logged, and in `recorded`, as well. */
  readonly begun: Promise<void>;
  /** What has been recorded so far. */
  readonly recorded: Recorded;
  /** Writes down what is left and ends the file; what flows later is not recorded. */
  close(): Promise<Recorded>;
}

const optionNames = [
  ...recordingOptionNames,
  'rollBytes',
  'rollMs',
  'thread',
  'zstd',
  'flushMs',
  'facts',
  'logger',
] satisfies (keyof CaptureOptions)[];
const flushMsByDefault = 100;
const zstdLevelByDefault = 3;

/**
 * Begins to record. A file that is there already is never written over: the next free number is taken.
 * @param target path of the file, such as `traffic.mrcap`, or a stream, which is ended when the recording is closed
 * @throws UsageError for options that cannot be meant
 */
export function capture(target: string | Writable, options: CaptureOptions = {}): Recording {
  checkOptions(target, options);
  const { zstd = false, logger = null } = options;
  const { scheduler, whenFull, ...checked } = checkRecording('capture', options);
  const wanted = {
    ...{ ...checked, whenFull, logger },
    facts: { ...options.facts, redacted: checked.hidden.join(' ') },
    rollBytes: options.rollBytes ?? null,
    rollMs: options.rollMs ?? null,
    flushMs: options.flushMs ?? flushMsByDefault,
    zstdLevel: zstd === false ? null : zstd === true ? zstdLevelByDefault : zstd,
    slower: 'the disk',
  };
  const open = typeof target === 'string' ? filesAt(target) : async () => new StreamTarget(target, 'stream');
  const { thread = typeof target === 'string' && scheduler === asyncScheduler } = options;
  const sink =
    thread && typeof target === 'string'
      ? new OnThread({ ...wanted, path: target })
      : new InPlace({ ...wanted, scheduler, open, keeps: true });
  return {
    taps: recordingTaps(sink, fineClock(scheduler), whenFull === 'wait'),
    begun: sink.begun,
    get recorded() {
      return sink.recorded;
    },
    close: () => sink.close(),
  };
}

function checkOptions(target: string | Writable, options: CaptureOptions): void {
  checkNames('capture', options, optionNames);
  if (typeof target !== 'string' && !(target instanceof Writable))
    throw new UsageError('capture: expected the path of a file, or a Writable');
  const { zstd, rollBytes, rollMs } = options;
  for (const name of ['rollBytes', 'rollMs', 'flushMs'] as const) checkAboveZero('capture', name, options[name]);
  if (zstd !== undefined && typeof zstd !== 'boolean' && !(Number.isInteger(zstd) && zstd >= 1 && zstd <= 22))
    throw new UsageError(`capture: zstd: ${zstd}, expected true or a level from 1 to 22`);
  if (options.thread === true && (typeof target !== 'string' || options.scheduler !== undefined))
    throw new UsageError('capture: thread: only for files, and by the real clock');
  if (typeof target !== 'string' && (rollBytes !== undefined || rollMs !== undefined))
    throw new UsageError('capture: a stream cannot be rolled; give the path of a file');
}
