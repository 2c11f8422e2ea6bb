/**
 * The thin log directories that simple testers lay down before they start a broker: a log per partition, who they are,
 * and nearly nothing else.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bytes } from './bytes';

/** CRC-32C, bit by bit. */
export function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

export interface BatchFields {
  readonly baseOffset?: number;
  readonly leaderEpoch?: number;
  readonly timestamp?: number;
  readonly producerId?: number;
  readonly producerEpoch?: number;
  readonly baseSequence?: number;
  /** −1 is no count that Kafka's writers know; some testers write it into files. */
  readonly headerCount?: number;
}

/** A record batch of null keys and these values. */
export function batchOf(values: readonly (string | Buffer)[], fields: BatchFields = {}): Buffer {
  const { baseOffset = 0, leaderEpoch = 0, timestamp = Date.now(), headerCount = 0 } = fields;
  const body = new Bytes()
    .int16(0)
    .int32(values.length - 1)
    .int64(timestamp)
    .int64(timestamp)
    .int64(fields.producerId ?? -1)
    .int16(fields.producerEpoch ?? -1)
    .int32(fields.baseSequence ?? -1)
    .int32(values.length);
  for (const [i, value] of values.entries()) {
    const bytes = Buffer.from(value);
    const record = new Bytes().int8(0).varint(0).varint(i).varint(-1);
    record.varint(bytes.length).raw(bytes).varint(headerCount);
    const whole = record.done();
    body.varint(whole.length).raw(whole);
  }
  const checked = body.done();
  const head = new Bytes()
    .int64(baseOffset)
    .int32(checked.length + 9)
    .int32(leaderEpoch)
    .int8(2);
  return head.uint32(crc32c(checked)).raw(checked).done();
}

export interface ThinTopic {
  readonly name: string;
  /** Sixteen bytes. */
  readonly id: Buffer;
  /** What the log of each partition holds. */
  readonly partitions: readonly Buffer[];
}

const directoryId = Buffer.from('10000000000040008000000000000001', 'hex');

/** Lays a log directory down as testers do: no index, no checkpoint, no producer snapshot, ids with padding. */
export function layThinDirectory(dir: string, topics: readonly ThinTopic[], withMetadataLog: boolean): void {
  mkdirSync(dir, { recursive: true });
  const put = (name: string, content: string | Buffer) => writeFileSync(join(dir, name), content);
  const meta = [
    '#',
    '#Mon Jan 15 10:00:00 UTC 2024',
    'cluster.id=IAAAAAAAQACAAAAAAAAAAQ',
    `directory.id=${directoryId.toString('base64')}`,
    'node.id=1',
    'version=1',
  ];
  put('meta.properties', `${meta.join('\n')}\n`);
  put('.kafka_cleanshutdown', '{"version":0,"brokerEpoch":10}');
  for (const { name, id, partitions } of topics) {
    for (const [i, log] of partitions.entries()) {
      mkdirSync(join(dir, `${name}-${i}`));
      put(`${name}-${i}/00000000000000000000.log`, log);
      put(`${name}-${i}/partition.metadata`, `version: 0\ntopic_id: ${id.toString('base64')}`);
    }
  }
  if (!withMetadataLog) return;
  mkdirSync(join(dir, '__cluster_metadata-0'));
  put('__cluster_metadata-0/00000000000000000000.log', metadataLog(topics));
  put('__cluster_metadata-0/partition.metadata', 'version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ');
}

/** A batch with the feature level, then one for each topic; the first of them begins at offset 1. */
function metadataLog(topics: readonly ThinTopic[]): Buffer {
  const frame = (type: number, version: number) => new Bytes().int8(1).int8(type).int8(version);
  const groups = [[frame(12, 0).compact('metadata.version').int16(20).tags().done()]];
  for (const { name, id, partitions } of topics) {
    const topic = frame(2, 0).compact(name).raw(id).tags().done();
    const records = partitions.map((_, i) => {
      const record = frame(3, 1).int32(i).raw(id);
      for (const nodes of [[1], [1], [], []]) record.array(nodes, (node) => record.int32(node));
      record.int32(1).int32(0).int32(0);
      return record
        .array([directoryId], (uuid) => record.raw(uuid))
        .tags()
        .done();
    });
    groups.push([topic, ...records]);
  }
  let baseOffset = 1;
  const batches = groups.map((values) => {
    const batch = batchOf(values, { baseOffset, leaderEpoch: 1, timestamp: 1726045943832 });
    baseOffset += values.length;
    return batch;
  });
  return Buffer.concat(batches);
}
