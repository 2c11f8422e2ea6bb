/**
 * Framer: cuts the byte stream into frames at their int32 length prefixes.
 *
 * A frame that lies within one read is a slice of it. A larger one is allocated once, at its full size, after its bytes
 * have been granted by the connection's account; a length beyond the limit hangs up and never allocates.
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

export function framer({ maxBytes, now }: FramerOptions): Stage<Buffer, Frame> {
  return stage('framer', 'bytes to objects', ({ account }) => {
    /** Bytes of a length prefix that was cut by the end of a read. */
    let prefix = Buffer.alloc(0);
    /** The frame being put together from several reads, and how much of it is there. */
    let partial: Buffer | null = null;
    let filled = 0;

    const cut = (chunk: Buffer, from: number, push: Push<Frame>, done: (error?: Error | null) => void): void => {
      let position = from;
      while (true) {
        if (partial !== null) {
          const taken = chunk.copy(partial, filled, position);
          filled += taken;
          position += taken;
          if (filled < partial.length) return done();
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
        const resume = () => {
          if (chunk.length - start >= size) {
            push({ bytes: chunk.subarray(start, start + size), receivedAtMs: now() });
            return start + size;
          }
          partial = Buffer.allocUnsafeSlow(size);
          filled = 0;
          return start;
        };
        if (!account.take(size, () => cut(chunk, resume(), push, done))) return;
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
          return done(new Hangup(`connection ended after ${filled} of a frame's ${partial.length} bytes`));
        if (prefix.length > 0) return done(new Hangup(`connection ended after ${prefix.length} of a length's 4 bytes`));
        done();
      },
    };
  });
}
