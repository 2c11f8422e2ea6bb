/**
 * Puts records into a topic from inside the broker, by the very handler that serves Produce: no tap sees it, and every
 * check of records holds. Called by create-broker.ts.
 *
 * What always holds: records of one partition are appended in the order given; they are in the log when the promise
 * resolves.
 */
import { produce as api } from '../apis/produce';
import { errorOf } from '../errors';
import { buildBatch, type RecordDraft } from '../records/build';
import type { Services } from '../services';
import { checkNames, UsageError } from '../usage';
import { Refused, refused } from './errors';
import { insideScope } from './inside-scope';
import { partitionOf } from './partitioner';

type Bytes = string | Buffer;

/** A record to produce. */
export interface ProducedRecord {
  readonly key?: Bytes | null;
  readonly value?: Bytes | null;
  readonly headers?: Readonly<Record<string, Bytes | null>> | RecordDraft['headers'];
  /** Milliseconds since 1970; the broker's clock if absent. */
  readonly timestamp?: number | Date;
  /**
   * If absent, the key decides as with Kafka's producer; without a key all records of a call go to one partition, and
   * those of the next call to the next one.
   */
  readonly partition?: number;
}

/** Where a record is. */
export interface RecordPlace {
  readonly partition: number;
  readonly offset: number;
}

/** More than anything but its fields takes in a batch: lengths, deltas, attributes. */
const recordMaxOverheadBytes = 40;
const batchOverheadBytes = 100;
const version = 11;

/**
 * Resolves to the place of each record, in order. Makes the topic if there is none and `auto.create.topics.enable` is set.
 * @param turn which call this is: where records without a key go
 * @throws UsageError for what is no record; Refused, with what the broker says of the first batch that it did not take
 */
export async function produce(
  topic: string,
  records: Iterable<ProducedRecord | Bytes>,
  services: Services,
  turn: number,
): Promise<RecordPlace[]> {
  const drafts = Array.from(records, readRecord);
  const { topics, controller, config, scheduler } = services;
  if (topics.byName(topic) === undefined && config['auto.create.topics.enable']) {
    const [outcome] = await controller.createTopicsOnDemand([topic]);
    if (outcome !== undefined && 'refused' in outcome) throw new Refused(`produce to ${topic}`, outcome.refused);
  }
  const count = [...(topics.byName(topic)?.partitions ?? [])].length;
  const maxBytes = topics.byName(topic)?.config['max.message.bytes'] ?? 0;
  const places: RecordPlace[] = [];
  const batches = batchesOf(drafts, (key) => (key === null ? turn : partitionOf(key, count)) % count, maxBytes);
  // All of them take their places in the queues before any is waited for.
  const appended = batches.map(async ({ partition, indexes }) => {
    const batch = buildBatch(
      indexes.map((index) => drafts[index]!.draft),
      { timestamp: scheduler.now() },
    );
    const baseOffset = await append(topic, partition, batch, services);
    for (const [delta, index] of indexes.entries()) places[index] = { partition, offset: baseOffset + delta };
  });
  await Promise.all(appended);
  return places;
}

async function append(topic: string, partition: number, records: Buffer, services: Services): Promise<number> {
  const partitionData = [{ index: partition, records }];
  const body = {
    ...{ transactionalId: null, acks: -1, timeoutMs: 0 },
    topicData: [{ name: topic, topicId: '', partitionData }],
  };
  const doing = `produce to ${topic}-${partition}`;
  const answered = await Promise.resolve(api.handle(body, insideScope(version), services)).catch((error) => {
    throw refused(doing, error);
  });
  const row = answered !== null && 'responses' in answered ? answered.responses[0]?.partitionResponses[0] : undefined;
  if (row === undefined || row.errorCode !== 0) {
    const error = errorOf(row?.errorCode ?? -1);
    throw new Refused(doing, row?.errorMessage ? error.because(row.errorMessage) : error);
  }
  return Number(row.baseOffset);
}

interface Drafted {
  readonly draft: RecordDraft;
  readonly key: Buffer | null;
  readonly bytes: number;
  readonly partition: number | undefined;
}

interface Batched {
  readonly partition: number;
  readonly indexes: number[];
  bytes: number;
}

/** Cuts records into batches of one partition each that are not too large, unless a single record is. */
function batchesOf(drafts: readonly Drafted[], choose: (key: Buffer | null) => number, maxBytes: number): Batched[] {
  const batches: Batched[] = [];
  const open = new Map<number, Batched>();
  for (const [index, { key, bytes, partition: wanted }] of drafts.entries()) {
    const partition = wanted ?? choose(key);
    let batch = open.get(partition);
    if (batch === undefined || batch.bytes + bytes > maxBytes) {
      batch = { partition, indexes: [], bytes: batchOverheadBytes };
      batches.push(batch);
      open.set(partition, batch);
    }
    batch.indexes.push(index);
    batch.bytes += bytes;
  }
  return batches;
}

const fieldNames = ['key', 'value', 'headers', 'timestamp', 'partition'] satisfies (keyof ProducedRecord)[];

function readRecord(given: ProducedRecord | Bytes, index: number): Drafted {
  const what = `record ${index}`;
  const record = typeof given === 'string' || Buffer.isBuffer(given) ? { value: given } : given;
  if (typeof record !== 'object' || record === null)
    throw new UsageError(`${what}: expected a value, or { key, value, headers, timestamp, partition }`);
  checkNames(what, record, fieldNames);
  const key = bytesOf(record.key, `${what}: key`);
  const value = bytesOf(record.value, `${what}: value`);
  const entries = Array.isArray(record.headers)
    ? record.headers
    : Object.entries(record.headers ?? {}).map(([key, value]) => ({ key, value }));
  const headers = entries.map((header) => ({ key: header.key, value: bytesOf(header.value, `${what}: header`) }));
  const headerBytes = headers.reduce((sum, one) => sum + 10 + one.key.length * 3 + (one.value?.length ?? 0), 0);
  const bytes = recordMaxOverheadBytes + (key?.length ?? 0) + (value?.length ?? 0) + headerBytes;
  const timestamp = record.timestamp === undefined ? undefined : Number(record.timestamp);
  if (timestamp !== undefined && !Number.isSafeInteger(timestamp))
    throw new UsageError(`${what}: timestamp: ${record.timestamp}, expected whole milliseconds or a Date`);
  const { partition } = record;
  if (partition !== undefined && !Number.isInteger(partition))
    throw new UsageError(`${what}: partition: ${partition}, expected a whole number`);
  return { draft: { key, value, headers, timestamp }, key, bytes, partition };
}

function bytesOf(value: unknown, what: string): Buffer | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return Buffer.from(value);
  if (Buffer.isBuffer(value)) return value;
  throw new UsageError(`${what}: ${typeof value}, expected a text, a Buffer or null`);
}
