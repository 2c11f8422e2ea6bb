/**
 * Where a recording comes from: a file by its path, a stream, or chunks. Uncompressed here if it is gzip'd.
 *
 * What always holds: all that can be uncompressed is given before the error is told of which ends it.
 */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { UsageError } from '../usage';

export type CaptureSource = string | Readable | AsyncIterable<Buffer>;

/** A file that is not a recording, or cannot be read as one. Its message is for people. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
}

const chunkBytes = 1024 * 1024;
/** Uncompressed at a time, which comes to a thousand times as much at most. */
const compressedBytes = 16 * 1024;

/**
 * @returns the source; of a `file:` URL the path
 * @throws UsageError for what is none
 */
export function checkSource(whose: string, given: CaptureSource | URL): CaptureSource {
  if (typeof given === 'string') return given;
  if (given instanceof URL) {
    if (given.protocol === 'file:') return fileURLToPath(given);
    throw new UsageError(
      `${whose}: ${given.href}: only file: URLs can be read; give others as a stream of their bytes`,
    );
  }
  if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer)
    throw new UsageError(`${whose}: bytes are taken as a stream: Readable.from([bytes])`);
  if (typeof given !== 'object' || given === null || !(Symbol.asyncIterator in given))
    throw new UsageError(`${whose}: expected the path of a recording, its file: URL, or a stream of its bytes`);
  return given;
}

/**
 * @param signal ends a file and a stream, wherever they wait
 * @throws CaptureError (from `next`) for what cannot be opened or read
 */
export async function* chunksOf(source: CaptureSource, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const chunks = typeof source === 'string' ? createReadStream(source, { highWaterMark: chunkBytes }) : source;
  const stop = () => void (chunks instanceof Readable && chunks.destroy());
  signal?.addEventListener('abort', stop);
  try {
    for await (const chunk of chunks as AsyncIterable<unknown>) {
      if (!(chunk instanceof Uint8Array))
        throw new CaptureError(`the source gives a ${typeof chunk}, expected Buffers`);
      if (chunk.length > 0)
        yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    }
  } catch (error) {
    if (signal?.aborted) return;
    throw unreadable(source, error);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** An error of the system as one for people. */
export function unreadable(source: CaptureSource, error: unknown): CaptureError {
  if (error instanceof CaptureError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a directory' };
  const name = typeof source === 'string' ? source : 'the source';
  return new CaptureError(`cannot read ${name}: ${reasons[code ?? ''] ?? message}`);
}

/** Whether bytes begin as gzip does (RFC 1952). */
export function isGzip(head: Buffer): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}

/** What the compressed chunks hold. The last item may be an Error: why there is no more. */
export async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | Error> {
  const gunzip = createGunzip({ chunkSize: chunkBytes / 4 });
  const given: (Buffer | Error)[] = [];
  let isOver = false;
  let wake = () => {};
  gunzip.on('data', (chunk: Buffer) => given.push(chunk));
  gunzip.on('error', (error) => {
    given.push(error);
    isOver = true;
    wake();
  });
  gunzip.on('end', () => {
    isOver = true;
    wake();
  });
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length && !isOver; at += compressedBytes) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          gunzip.write(chunk.subarray(at, at + compressedBytes), () => resolve());
        });
        yield* given.splice(0);
      }
      if (isOver) break;
    }
    if (!isOver) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        gunzip.end();
      });
    }
    yield* given.splice(0);
  } finally {
    gunzip.destroy();
  }
}
