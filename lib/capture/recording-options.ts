/**
 * What can be said of everything that records, to a file or to whoever watches: checked, and completed.
 */
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { UsageError } from '../usage';
import { type SecretKind, secretKinds } from './redact/secrets';

export interface RecordingOptions {
  /** Secrets that are recorded nevertheless: `values`, `sasl`, `configs`. */
  readonly keep?: readonly Exclude<SecretKind, 'keys'>[];
  /** What is left out besides: `keys`. */
  readonly hide?: readonly 'keys'[];
  /** What may wait, in bytes; 32 MiB if absent. */
  readonly bufferMaxBytes?: number;
  /** What happens when so much waits: frames are dropped, and told of as lost (if absent), or traffic waits. */
  readonly whenFull?: 'drop' | 'wait';
  /** Its clock, which is to be the broker's; the real one if absent. */
  readonly scheduler?: SchedulerLike;
}

export interface CheckedRecording {
  /** What is left out. */
  readonly hidden: readonly SecretKind[];
  readonly bufferMaxBytes: number;
  readonly whenFull: 'drop' | 'wait';
  readonly scheduler: SchedulerLike;
}

export const recordingOptionNames = ['keep', 'hide', 'bufferMaxBytes', 'whenFull', 'scheduler'] as const;

const bufferMaxBytesByDefault = 32 * 1024 * 1024;

/**
 * @param whose for messages, such as `capture`
 * @throws UsageError for what cannot be meant
 */
export function checkRecording(whose: string, options: RecordingOptions): CheckedRecording {
  const { keep = [], hide = [], scheduler = asyncScheduler, whenFull = 'drop' } = options;
  checkList(whose, 'keep', keep, ['values', 'sasl', 'configs']);
  checkList(whose, 'hide', hide, ['keys']);
  if (!['drop', 'wait'].includes(whenFull))
    throw new UsageError(`${whose}: whenFull: ${JSON.stringify(whenFull)}, expected 'drop' or 'wait'`);
  checkAboveZero(whose, 'bufferMaxBytes', options.bufferMaxBytes);
  const hidden = secretKinds.filter((kind) => (kind === 'keys' ? hide.includes(kind) : !keep.includes(kind)));
  return {
    ...{ hidden, whenFull, scheduler },
    bufferMaxBytes: options.bufferMaxBytes ?? bufferMaxBytesByDefault,
  };
}

/** @throws UsageError for a value that is there and no number above 0 */
export function checkAboveZero(whose: string, name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isFinite(value) && value > 0))
    throw new UsageError(`${whose}: ${name}: ${value}, expected a number above 0`);
}

function checkList(whose: string, name: string, given: readonly string[], known: readonly string[]): void {
  const strange = Array.isArray(given) ? given.find((one) => !known.includes(one)) : given;
  if (strange !== undefined)
    throw new UsageError(`${whose}: ${name}: ${JSON.stringify(strange)}, expected a list of ${known.join(', ')}`);
}
