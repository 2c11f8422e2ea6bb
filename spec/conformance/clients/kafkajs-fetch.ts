/**
 * Record batches as a broker serves them, fetched and decoded by kafkajs's classes below its consumer.
 *
 * kafkajs keeps these files without types and without promising them to anyone, so the shapes used are declared here.
 * `kafkajs.ts` reads with it, and the suite takes it for its witness: it alone tells in which codec, and with which
 * producer id, a batch lies in the log.
 */
import type { Codec, Stored } from './client';
import { codecs } from './client';
import { plugCodecs } from './kafkajs-codecs';

/** One batch of a partition, decoded. */
export interface FetchedBatch {
  codec: Codec;
  /** −1 when the producer was not idempotent. */
  producerId: number;
  baseOffset: number;
  lastOffset: number;
  /** Empty for a control batch. */
  records: Stored[];
}

export interface Reader {
  /**
   * The batches from the one that holds `offset` on, over as many fetches as it takes to have `count` records or to
   * reach the high watermark.
   */
  batches(topic: string, partition: number, offset: number, count?: number): Promise<FetchedBatch[]>;
  /** `count` records from `offset` on; fewer only where the partition ends. */
  read(topic: string, partition: number, offset: number, count?: number): Promise<Stored[]>;
}

interface Fetched {
  highWatermark: number;
  batches: FetchedBatch[];
}
interface WireRecord {
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer | null | (Buffer | null)[]>;
}
interface WireBatch {
  firstOffset: string;
  lastOffsetDelta: number;
  producerId: string;
  isControlBatch: boolean;
  records: WireRecord[];
}
interface WireDecoder {
  readInt16(): number;
  readInt32(): number;
  readInt64(): { toString(): string };
  readString(): string;
  readBytes(): Buffer | null;
  readArray<T>(read: (decoder: WireDecoder) => T): T[];
}
interface FetchRequest {
  request: object;
  requestTimeout: number;
}
interface Broker {
  connectionPool: { send(request: object): Promise<Buffer> };
}
interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  findBroker(node: { nodeId: string }): Promise<Broker>;
}

const ClusterClass: new (options: object) => Cluster = require('kafkajs/src/cluster');
const DecoderClass: new (bytes: Buffer) => WireDecoder = require('kafkajs/src/protocol/decoder');
const decodeBatch: (
  decoder: WireDecoder,
) => Promise<WireBatch> = require('kafkajs/src/protocol/recordBatch/v0/decoder');
const fetches: { protocol(at: { version: number }): (fields: object) => FetchRequest } =
  require('kafkajs/src/protocol/requests/fetch');
const { createLogger, LEVELS } = require('kafkajs/src/loggers');
const logToConsole = require('kafkajs/src/loggers/console');
const socketFactory = require('kafkajs/src/network/socketFactory');

const FETCH_VERSION = 11;
const WAIT_MAX_MS = 500;
const FETCH_MAX_BYTES = 8_388_608;
const ATTRIBUTES_AT = 21;
const BATCH_LENGTH_AT = 8;
const LOG_OVERHEAD_BYTES = 12;

/** Connects, lends a reader to `use`, and disconnects. */
export async function withReader<T>(bootstrap: string, use: (reader: Reader) => Promise<T>): Promise<T> {
  await plugCodecs();
  const cluster = new ClusterClass({
    brokers: [bootstrap],
    clientId: 'conformance',
    logger: createLogger({ level: LEVELS.ERROR, logCreator: logToConsole }),
    socketFactory: socketFactory(),
    connectionTimeout: 5_000,
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    retry: {},
  });
  await cluster.connect();
  try {
    return await use(readerOf(cluster));
  } finally {
    await cluster.disconnect();
  }
}

function readerOf(cluster: Cluster): Reader {
  const batches: Reader['batches'] = async (topic, partition, offset, count = Number.POSITIVE_INFINITY) => {
    const read: FetchedBatch[] = [];
    for (let next = offset, records = 0; records < count; ) {
      const fetched = await fetchFrom(cluster, topic, partition, next);
      read.push(...fetched.batches);
      for (const batch of fetched.batches) {
        records += batch.records.filter((record) => record.offset >= next).length;
        next = batch.lastOffset + 1;
      }
      if (fetched.batches.length === 0 || next >= fetched.highWatermark) break;
    }
    return read;
  };
  const read: Reader['read'] = async (topic, partition, offset, count) => {
    const records = (await batches(topic, partition, offset, count)).flatMap((batch) => batch.records);
    return records.filter((record) => record.offset >= offset).slice(0, count);
  };
  return { batches, read };
}

/** One Fetch of one partition. */
async function fetchFrom(cluster: Cluster, topic: string, partition: number, offset: number): Promise<Fetched> {
  await cluster.addTargetTopic(topic);
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (nodeId === undefined) throw new Error(`no leader for ${topic}-${partition}`);
  const broker = await cluster.findBroker({ nodeId });
  const partitions = [{ partition, fetchOffset: offset, maxBytes: FETCH_MAX_BYTES }];
  const sizes = { maxWaitTime: WAIT_MAX_MS, minBytes: 1, maxBytes: FETCH_MAX_BYTES };
  const { request, requestTimeout } = fetches.protocol({ version: FETCH_VERSION })({
    ...sizes,
    topics: [{ topic, partitions }],
  });
  const raw = { decode: async (bytes: Buffer) => bytes, parse: async (bytes: Buffer) => bytes };
  const response = await broker.connectionPool.send({ request, requestTimeout, response: raw });
  const { highWatermark, records } = firstPartition(response);
  return { highWatermark, batches: await decodeBatches(records) };
}

interface WirePartition {
  errorCode: number;
  highWatermark: number;
  records: Buffer;
}

/** Of a Fetch 11 response for one partition, that partition. */
function firstPartition(response: Buffer): WirePartition {
  const decoder = new DecoderClass(response);
  const [, errorCode] = [decoder.readInt32(), decoder.readInt16(), decoder.readInt32()];
  const [topic] = decoder.readArray((topicDecoder) => {
    topicDecoder.readString();
    return topicDecoder.readArray(readPartition);
  });
  const [partition] = topic ?? [];
  if (!partition || errorCode || partition.errorCode) {
    throw new Error(`Fetch answered error ${errorCode}, partition error ${partition?.errorCode}`);
  }
  return partition;
}

function readPartition(decoder: WireDecoder): WirePartition {
  decoder.readInt32();
  const errorCode = decoder.readInt16();
  const [highWatermark] = [decoder.readInt64(), decoder.readInt64(), decoder.readInt64()].map(Number);
  decoder.readArray((aborted) => [aborted.readInt64(), aborted.readInt64()]);
  decoder.readInt32(); // preferred read replica
  return { errorCode, highWatermark: highWatermark ?? -1, records: decoder.readBytes() ?? Buffer.alloc(0) };
}

/** A Fetch may end inside of a batch; that one is left for the next. */
async function decodeBatches(bytes: Buffer): Promise<FetchedBatch[]> {
  const batches: FetchedBatch[] = [];
  for (let rest = bytes; rest.length > ATTRIBUTES_AT + 1; ) {
    const end = LOG_OVERHEAD_BYTES + rest.readInt32BE(BATCH_LENGTH_AT);
    if (end > rest.length) break;
    const codec = codecs[rest.readInt16BE(ATTRIBUTES_AT) & 7];
    if (!codec) throw new Error(`no codec has the number ${rest.readInt16BE(ATTRIBUTES_AT) & 7}`);
    const batch = await decodeBatch(new DecoderClass(rest.subarray(0, end)));
    const baseOffset = Number(batch.firstOffset);
    batches.push({
      codec,
      producerId: Number(batch.producerId),
      baseOffset,
      lastOffset: baseOffset + batch.lastOffsetDelta,
      records: batch.isControlBatch ? [] : batch.records.map(stored),
    });
    rest = rest.subarray(end);
  }
  return batches;
}

function stored({ offset, key, value, headers }: WireRecord): Stored {
  const pairs = Object.entries(headers).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((bytes): [string, Buffer | null] => [name, bytes]),
  );
  return { offset: Number(offset), key, value, headers: pairs };
}
