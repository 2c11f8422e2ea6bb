/**
 * `<offset>.snapshot`: the producers of a partition as they were when the log ended at `offset`. Written on roll and at
 * a clean shutdown; recovery starts from the newest one that is whole. Called by log-load.ts and log.ts.
 *
 * Layout: int16 version 1, uint32 CRC-32C of what follows, int32 count, then 46 bytes per producer: int64 id,
 * int16 epoch, int32 last sequence, int64 last offset, int32 offset delta, int64 timestamp, int32 coordinator epoch,
 * int64 first offset of the open transaction. Of the batches only the last is kept. (Kafka's ProducerStateManager)
 */
import { crc32c } from '../records/crc32c';
import { readLong, writeLong } from '../records/integers';
import { Producer } from './producer';

const headerBytes = 10;
const entryBytes = 46;

export function writeProducerSnapshot(producers: Iterable<Producer>): Buffer {
  const all = [...producers];
  const bytes = Buffer.alloc(headerBytes + entryBytes * all.length);
  bytes.writeInt16BE(1, 0);
  bytes.writeInt32BE(all.length, 6);
  let p = headerBytes;
  for (const producer of all) {
    const batch = producer.lastBatch;
    writeLong(bytes, p, producer.producerId);
    bytes.writeInt16BE(producer.epoch, p + 8);
    bytes.writeInt32BE(batch?.lastSequence ?? -1, p + 10);
    writeLong(bytes, p + 14, batch?.lastOffset ?? -1);
    bytes.writeInt32BE(batch?.offsetDelta ?? 0, p + 22);
    writeLong(bytes, p + 26, producer.lastTimestamp);
    bytes.writeInt32BE(producer.coordinatorEpoch, p + 34);
    writeLong(bytes, p + 38, producer.openTransaction);
    p += entryBytes;
  }
  bytes.writeUInt32BE(crc32c(bytes.subarray(6)), 2);
  return bytes;
}

/** The producers of a snapshot, or what is wrong with it. */
export function readProducerSnapshot(bytes: Buffer): Producer[] | string {
  if (bytes.length < headerBytes) return `${bytes.length} bytes, at least ${headerBytes} needed`;
  const version = bytes.readInt16BE(0);
  if (version !== 1) return `version ${version} instead of 1`;
  if (bytes.readUInt32BE(2) !== crc32c(bytes.subarray(6))) return 'CRC does not match';
  const count = bytes.readInt32BE(6);
  if (count < 0 || headerBytes + count * entryBytes !== bytes.length)
    return `${count} entries in ${bytes.length} bytes`;
  const producers: Producer[] = [];
  for (let p = headerBytes; p < bytes.length; p += entryBytes) {
    const producer = new Producer(readLong(bytes, p), bytes.readInt16BE(p + 8));
    const lastOffset = readLong(bytes, p + 14);
    const timestamp = readLong(bytes, p + 26);
    if (lastOffset >= 0) {
      const lastSequence = bytes.readInt32BE(p + 10);
      producer.add(producer.epoch, { lastSequence, lastOffset, offsetDelta: bytes.readInt32BE(p + 22), timestamp });
    }
    producer.lastTimestamp = timestamp;
    producer.coordinatorEpoch = bytes.readInt32BE(p + 34);
    producer.openTransaction = readLong(bytes, p + 38);
    producers.push(producer);
  }
  return producers;
}
