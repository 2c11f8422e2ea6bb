/** Recordings as bytes, for specs that read, cut and break them. */
import type { CaptureEvent } from '../../lib/capture/event';
import { BlockWriter, beginOf, endOf } from '../../lib/capture/mrcap/block-writer';

interface FileOptions {
  readonly zstdLevel?: number | null;
  readonly hasEnd?: boolean;
  /** What the end says. */
  readonly end?: Readonly<Record<string, string>>;
}

/** A file of these events, a block for each list. */
export function mrcap(blocks: readonly (readonly CaptureEvent[])[], options: FileOptions = {}): Buffer {
  const { zstdLevel = null, hasEnd = true, end = {} } = options;
  const writer = new BlockWriter(zstdLevel);
  const chunks = blocks.flatMap((events) => {
    for (const event of events) writer.add(event);
    return writer.take().chunks;
  });
  return Buffer.concat([...beginOf({ by: 'spec' }), ...chunks, ...(hasEnd ? endOf(end) : [])]);
}
