/**
 * A message as a frame: its bytes behind their int32 length. Encoder writes answers with it, and whoever asks a broker
 * writes requests.
 */
import type { Writer } from './bytes';

/**
 * What `write` writes to the writer, as a frame of one or more chunks.
 * @throws what `write` throws; the writer is then ready for the next message
 */
export function framed(writer: Writer, write: () => void): Buffer[] {
  try {
    writer.int32(0);
    write();
  } catch (error) {
    writer.take();
    throw error;
  }
  const size = writer.length - 4;
  const chunks = writer.take();
  chunks[0]!.writeInt32BE(size, 0);
  return chunks;
}
