/**
 * What the thread that hears the traffic and the one that records it tell each other, besides what lies in slabs.
 */
import type { Recorded, RecorderOptions } from '../mrcap/recorder';
import type { SecretKind } from '../redact/secrets';

/** What the recording thread is started with. */
export interface ThreadOptions
  extends Pick<RecorderOptions, 'facts' | 'bufferMaxBytes' | 'slower' | 'rollBytes' | 'rollMs' | 'zstdLevel'> {
  readonly path: string;
  readonly hidden: readonly SecretKind[];
}

/** To the recording thread. */
export type Order =
  /** The first `length` bytes of a slab are to be read. */
  { readonly is: 'slab'; readonly memory: ArrayBuffer; readonly length: number } | { readonly is: 'close' };

/** From it. */
export type Report = { readonly recorded: PlainRecorded } & (
  | { readonly is: 'begun' | 'ended' }
  /** A slab was read and may be written again. */
  | { readonly is: 'read'; readonly memory: ArrayBuffer }
  /** All that was in the first `slabs` slabs is in the file. */
  | { readonly is: 'written'; readonly slabs: number }
);

/** An error, with what is lost of it when it goes from one thread to another. */
interface PlainError {
  readonly message: string;
  readonly code: string | undefined;
}

export interface PlainRecorded extends Omit<Recorded, 'error'> {
  readonly error: PlainError | null;
}

export function plain(recorded: Recorded): PlainRecorded {
  const error = recorded.error as NodeJS.ErrnoException | null;
  return { ...recorded, error: error === null ? null : { message: error.message, code: error.code } };
}

export function unplain(recorded: PlainRecorded): Recorded {
  const { error } = recorded;
  return { ...recorded, error: error === null ? null : Object.assign(new Error(error.message), { code: error.code }) };
}
