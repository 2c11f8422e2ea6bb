/**
 * Opens a recording: looks at its first bytes to know what it is, and gives all of them. Called by read-capture.ts.
 */
import type { CaptureAbout } from './event';
import { followed } from './follow';
import { type CheckedOptions, type Format, formats, isKnown, magicBytes, whatInstead } from './formats';
import { type Skip, skipping } from './skipping';
import { CaptureError, type CaptureSource, chunksOf, gunzipped, isGzip } from './source';

/** What is looked at of a file, at most, to know what it is and says of itself. */
const headMaxBytes = 65_536;

/** What has been read of a source so far, to find out what it is. */
export interface OpenedCapture {
  readonly format: Format;
  readonly about: CaptureAbout;
  /** All of it, uncompressed; an Error where it ends before it should. */
  readonly chunks: AsyncIterable<Buffer | Error>;
  /** Who says, from now on, which bytes need not be read. */
  skipBy(skip: Skip): void;
  close(): Promise<unknown>;
}

/**
 * @param signal ends the reading
 * @returns null where reading was ended before anything was known
 * @throws CaptureError for what is no recording, or cannot be opened
 */
export async function openCapture(
  source: CaptureSource,
  { live = false, scheduler, connections }: CheckedOptions,
  signal: AbortSignal,
): Promise<OpenedCapture | null> {
  const name = typeof source === 'string' ? source : 'the source';
  let skip: Skip = () => 0;
  const all =
    typeof source !== 'string' || !(live || connections !== null)
      ? chunksOf(source, signal)
      : live
        ? followed(source, { signal, ...(scheduler && { scheduler }) })
        : skipping(source, (most) => skip(most));
  const outer = await started(all, (head) => head.length >= magicBytes);
  const isCompressed = isGzip(outer.head);
  const inner = isCompressed ? gunzipped(outer.chunks) : outer.chunks;
  const { head, chunks, ...rest } = await started(inner, (bytes) => isKnown(bytes) || bytes.length >= headMaxBytes);
  // Who has not been asked for more than the first bytes does not pass it on that nobody wants more.
  const close = async () => {
    await rest.close();
    await outer.close();
  };
  const format = formats.find(({ is }) => is(head));
  const refusal = format === undefined ? whatInstead(head) : (format.refuse?.(head) ?? null);
  const said = format?.about(head) ?? null;
  if (format !== undefined && refusal === null && said !== null)
    return {
      ...{ format, about: { format: format.name, ...said, isGzip: isCompressed }, chunks, close },
      // What a decoder passes over of compressed bytes has to be read, to be uncompressed.
      skipBy: (by) => void (skip = isCompressed ? skip : by),
    };
  await close();
  if (signal.aborted && !isKnown(head)) return null;
  throw new CaptureError(`${name} ${refusal ?? `ends within the header of ${format?.name}, or has a broken one`}`);
}

/** Chunks of which the first bytes are known. */
interface Started<T> {
  /** At least as many bytes as were asked for; fewer only where there are no more. */
  readonly head: Buffer;
  /** All of them, from the first byte on. */
  readonly chunks: AsyncGenerator<T>;
  /** Nobody wants more. */
  close(): Promise<unknown>;
}

/** @param isEnough whether these first bytes are as many as are wanted */
async function started<T extends Buffer | Error>(
  chunks: AsyncGenerator<T>,
  isEnough: (head: Buffer) => boolean,
): Promise<Started<T>> {
  const first: T[] = [];
  let head: Buffer = Buffer.alloc(0);
  while (!isEnough(head)) {
    const { value, done } = await chunks.next();
    if (done) break;
    first.push(value);
    if (value instanceof Error) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  async function* all(): AsyncGenerator<T, undefined> {
    yield* first;
    yield* chunks;
    return undefined;
  }
  return { head, chunks: all(), close: () => chunks.return(undefined) };
}
