/**
 * Framer: cuts the byte stream into frames at their int32 length prefixes.
 *
 * A frame that lies within one read is a slice of it. A larger one is put together in memory of its own, which is taken in
 * one piece up to `pieceMaxBytes` and doubled from there on: what a client only announces takes no more than that. No byte
 * is kept before the connection's account has granted it; a length beyond the limit hangs up at once.
 */
import { Hangup } from '../errors';
import type { Frame, Stage } from './seams';
import { type Push, stage } from './stage';

export interface FramerOptions {
  /** Largest frame in bytes (`socket.request.max.bytes`). */
  readonly maxBytes: number;
  now(): number;
}

const prefixBytes = 4;
const pieceMaxBytes = 4 * 1024 * 1024;

export function framer({ maxBytes, now }: FramerOptions): Stage<Buffer, Frame> {
  return stage('framer', 'bytes to objects', ({ account }, hangUp) => {
    /** Bytes of a length prefix that was cut by the end of a read. */
    let prefix = Buffer.alloc(0);
    /** The frame being put together from several reads, its whole size, and how much of it is there. */
    let partial: Buffer | null = null;
    let partialSize = 0;
    let filled = 0;
    account.giveUp = () =>
      hangUp(new Hangup(`frame of ${partialSize} bytes stopped after ${filled} while others wait for memory`));

    const begin = (size: number): void => {
      partial = Buffer.allocUnsafeSlow(Math.min(size, pieceMaxBytes));
      partialSize = size;
      filled = 0;
    };

    const keep = (chunk: Buffer, from: number, to: number): void => {
      const wanted = filled + to - from;
      if (wanted > partial!.length) {
        const larger = Buffer.allocUnsafeSlow(Math.min(partialSize, Math.max(wanted, 2 * partial!.length)));
        partial!.copy(larger, 0, 0, filled);
        partial = larger;
      }
      chunk.copy(partial!, filled, from, to);
      filled = wanted;
    };

    const cut = (chunk: Buffer, from: number, push: Push<Frame>, done: (error?: Error | null) => void): void => {
      let position = from;
      while (true) {
        if (partial !== null) {
          const start = position;
          const end = Math.min(chunk.length, start + partialSize - filled);
          const resume = () => {
            keep(chunk, start, end);
            return end;
          };
          if (end > start && !account.more(end - start, () => cut(chunk, resume(), push, done))) return;
          if (end > start) position = resume();
          if (filled < partialSize) return done();
          account.finish();
          push({ bytes: partial, receivedAtMs: now() });
          partial = null;
        }
        if (chunk.length - position < prefixBytes) {
          prefix = Buffer.from(chunk.subarray(position));
          return done();
        }
        const size = chunk.readInt32BE(position);
        if (size <= 0 || size > maxBytes) {
          const allowed = size > maxBytes ? `exceeds ${maxBytes}` : 'is not a frame';
          return done(new Hangup(`frame of ${size} bytes ${allowed}`));
        }
        position += prefixBytes;
        const start = position;
        const arrived = Math.min(size, chunk.length - start);
        const resume = () => {
          if (arrived === size) push({ bytes: chunk.subarray(start, start + size), receivedAtMs: now() });
          else {
            begin(size);
            keep(chunk, start, start + arrived);
          }
          return start + arrived;
        };
        const goOn = () => cut(chunk, resume(), push, done);
        if (!(arrived === size ? account.take(size, goOn) : account.begin(size, arrived, goOn))) return;
        position = resume();
      }
    };

    return {
      each(read, push, done) {
        const chunk = prefix.length === 0 ? read : Buffer.concat([prefix, read]);
        if (prefix.length > 0) prefix = Buffer.alloc(0);
        cut(chunk, 0, push, done);
      },
      last(_push, done) {
        if (partial !== null)
          return done(new Hangup(`connection ended after ${filled} of a frame's ${partialSize} bytes`));
        if (prefix.length > 0) return done(new Hangup(`connection ended after ${prefix.length} of a length's 4 bytes`));
        done();
      },
    };
  });
}
