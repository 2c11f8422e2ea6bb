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
  /** Whole batches from the one that holds `offset` on, as many as one Fetch gives; none when that is the end. */
  fetch(topic: string, partition: number, offset: number): Promise<FetchedBatch[]>;
  /** Fetches from `offset` on until `enough` or the end; the records before `offset` are cut off. */
  read(topic: string, partition: number, offset: number, enough: (read: Stored[]) => boolean): Promise<Stored[]>;
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
const WAIT_MAX_MS = 1_000;
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
    const fetch: Reader['fetch'] = (topic, partition, offset) => fetchFrom(cluster, topic, partition, offset);
    return await use({
      fetch,
      read: async (topic, partition, offset, enough) => {
        const read: Stored[] = [];
        for (let next = offset; !enough(read); ) {
          const batches = await fetch(topic, partition, next);
          const last = batches.at(-1);
          if (!last) break;
          for (const { records } of batches) read.push(...records.filter((record) => record.offset >= next));
          next = last.lastOffset + 1;
        }
        return read;
      },
    });
  } finally {
    await cluster.disconnect();
  }
}

async function fetchFrom(cluster: Cluster, topic: string, partition: number, offset: number): Promise<FetchedBatch[]> {
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
  return await decodeBatches(recordSet(await broker.connectionPool.send({ request, requestTimeout, response: raw })));
}

/** The records field of a Fetch 11 response for one partition. */
function recordSet(response: Buffer): Buffer {
  const decoder = new DecoderClass(response);
  const [, errorCode] = [decoder.readInt32(), decoder.readInt16(), decoder.readInt32()];
  const [topic] = decoder.readArray((topicDecoder) => {
    topicDecoder.readString();
    return topicDecoder.readArray(recordSetOfPartition);
  });
  const [partition] = topic ?? [];
  if (!partition || errorCode || partition.errorCode) {
    throw new Error(`Fetch answered error ${errorCode}, partition error ${partition?.errorCode}`);
  }
  return partition.records;
}

function recordSetOfPartition(decoder: WireDecoder): { errorCode: number; records: Buffer } {
  decoder.readInt32();
  const errorCode = decoder.readInt16();
  for (let i = 0; i < 3; i++) decoder.readInt64(); // high watermark, last stable offset, log start
  decoder.readArray((aborted) => [aborted.readInt64(), aborted.readInt64()]);
  decoder.readInt32(); // preferred read replica
  return { errorCode, records: decoder.readBytes() ?? Buffer.alloc(0) };
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
