/**
 * Everything that a handler may reach, in memory and in virtual time, and a client that asks it through the codecs.
 *
 * The logs keep whole batches in a list and answer what engine.ts promises; specs bend them (offline, a last stable
 * offset that lags, reads that take a turn of the event loop) to see what handlers make of it. No file is touched.
 */
import pino from 'pino';
import { type Observable, Subject, VirtualAction, VirtualTimeScheduler } from 'rxjs';
import { apis } from '../../lib/apis';
import { type ConfigEntries, loadConfig } from '../../lib/config';
import type { Controller, CreatedTopic, NewTopic, Outcome } from '../../lib/coordinators/controller';
import { FetchSessions } from '../../lib/coordinators/fetch-sessions';
import type { GroupCoordinator } from '../../lib/coordinators/group-coordinator';
import { partitionsMaxPerRequest } from '../../lib/coordinators/new-topics';
import { errors, KafkaError } from '../../lib/errors';
import { Answer, type Api, serves } from '../../lib/protocol/api';
import { Reader, Writer } from '../../lib/protocol/bytes';
import type { Draft, Infer, Schema } from '../../lib/protocol/schema';
import type { Scope } from '../../lib/protocol/scope';
import * as batch from '../../lib/records/batch';
import { type BatchOptions, buildBatch, type RecordDraft } from '../../lib/records/build';
import type { Services } from '../../lib/services';
import type {
  AbortedTransaction,
  Append,
  Appended,
  FoundOffset,
  Isolation,
  PartitionLog,
  ReadBatches,
  ReadOptions,
  Topic,
  Topics,
} from '../../lib/storage/engine';
import {
  configKey,
  emptyImage,
  imageOf,
  type MetadataImage,
  type PartitionImage,
} from '../../lib/storage/metadata-image';
import { resolveTopicConfig, type TopicConfig } from '../../lib/topic-config';
import { isInternalTopic } from '../../lib/topic-names';
import { randomUuid } from '../../lib/uuid';
import { ScriptedGroups } from './scripted-groups';

/** When virtual time begins: an ordinary day, so that timestamps look like timestamps. */
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);

/** One record batch with the given values, as a producer would send it; timestamps are those of the start. */
export function batchOf(values: readonly string[], options: BatchOptions = {}): Buffer {
  return recordsBatch(
    values.map((value) => ({ value })),
    options,
  );
}

export function recordsBatch(records: readonly RecordDraft[], options: BatchOptions = {}): Buffer {
  return buildBatch(records, { timestamp: startMs, ...options });
}

/** A log in memory. */
export class TestLog implements PartitionLog {
  readonly topic: TestTopic;
  readonly partition: number;
  leaderEpoch = 0;
  logStartOffset = 0;
  logEndOffset = 0;
  offline: KafkaError | null = null;
  /** Where the first open transaction begins; null: there is none. */
  unstableFrom: number | null = null;
  aborted: AbortedTransaction[] = [];
  /** Reads answer at once, or in a later turn. */
  readsTakeTime = false;
  /** Reads so far, and buffers that were lent and not handed back. */
  reads = 0;
  lent = 0;
  /** What the next read throws. */
  readError: unknown = null;
  private readonly batches: Buffer[] = [];
  private readonly advances = new Subject<void>();

  constructor(topic: TestTopic, partition: number) {
    this.topic = topic;
    this.partition = partition;
  }

  get advanced$(): Observable<void> {
    return this.advances;
  }

  /** Whether anybody waits for records. */
  get isWatched(): boolean {
    return this.advances.observed;
  }

  get highWatermark(): number {
    return this.logEndOffset;
  }

  get lastStableOffset(): number {
    return this.unstableFrom ?? this.logEndOffset;
  }

  limit(isolation: Isolation): number {
    return isolation === 'read_committed' ? this.lastStableOffset : this.highWatermark;
  }

  append(bytes: Buffer): Appended {
    if (this.offline !== null) throw this.offline;
    const stored = Buffer.from(bytes);
    const baseOffset = this.logEndOffset;
    batch.place(stored, 0, baseOffset, this.leaderEpoch);
    this.batches.push(stored);
    this.logEndOffset = batch.nextOffset(stored);
    this.advances.next();
    const isAppendTime = batch.timestampType(stored) === 'LogAppendTime';
    return {
      baseOffset,
      logAppendTimeMs: isAppendTime ? batch.maxTimestamp(stored) : -1,
      logStartOffset: this.logStartOffset,
    };
  }

  /** Tells whoever waits that something moved. */
  advance(): void {
    this.advances.next();
  }

  close(): void {
    this.advances.complete();
  }

  private readable(fromOffset: number, isolation: Isolation): Buffer[] {
    const limit = this.limit(isolation);
    return this.batches.filter((each) => batch.nextOffset(each) > fromOffset && batch.baseOffset(each) < limit);
  }

  availableBytes(fromOffset: number, isolation: Isolation): number {
    return this.readable(fromOffset, isolation).reduce((sum, each) => sum + each.length, 0);
  }

  read(fromOffset: number, { maxBytes, atLeastOne, isolation }: ReadOptions): ReadBatches | Promise<ReadBatches> {
    this.reads++;
    if (this.readError !== null) throw this.readError;
    if (this.offline !== null) throw this.offline;
    if (fromOffset < this.logStartOffset || fromOffset > this.logEndOffset) throw errors.OFFSET_OUT_OF_RANGE;
    const taken: Buffer[] = [];
    let bytes = 0;
    for (const each of this.readable(fromOffset, isolation)) {
      if (bytes + each.length > maxBytes && !(atLeastOne && taken.length === 0)) break;
      taken.push(each);
      bytes += each.length;
    }
    this.lent++;
    const last = taken.at(-1);
    const found: ReadBatches = {
      records: Buffer.concat(taken),
      nextOffset: last === undefined ? fromOffset : batch.nextOffset(last),
      release: () => {
        this.lent--;
      },
    };
    return this.readsTakeTime ? new Promise((resolve) => setImmediate(resolve, found)) : found;
  }

  abortedTransactions(fromOffset: number, toOffset: number): AbortedTransaction[] | Promise<AbortedTransaction[]> {
    const found = this.aborted.filter(({ firstOffset }) => firstOffset < toOffset && fromOffset < this.logEndOffset);
    return this.readsTakeTime ? new Promise((resolve) => setImmediate(resolve, found)) : found;
  }

  async offsetForTimestamp(timestamp: number): Promise<FoundOffset | null> {
    const found = this.batches.find((each) => batch.maxTimestamp(each) >= timestamp);
    return found === undefined ? null : foundIn(found);
  }

  async offsetOfMaxTimestamp(): Promise<FoundOffset | null> {
    const largest = Math.max(...this.batches.map((each) => batch.maxTimestamp(each)));
    const found = this.batches.find((each) => batch.maxTimestamp(each) === largest);
    return found === undefined ? null : foundIn(found);
  }

  earliestLeaderEpoch(): number {
    return this.batches.length === 0 ? -1 : batch.partitionLeaderEpoch(this.batches[0]!);
  }

  latestLeaderEpoch(): number {
    const last = this.batches.at(-1);
    return last === undefined ? -1 : batch.partitionLeaderEpoch(last);
  }

  endOffsetForEpoch(leaderEpoch: number): { leaderEpoch: number; endOffset: number } {
    if (leaderEpoch > this.latestLeaderEpoch()) return { leaderEpoch: -1, endOffset: -1 };
    const next = this.batches.find((each) => batch.partitionLeaderEpoch(each) > leaderEpoch);
    const until = next === undefined ? this.logEndOffset : batch.baseOffset(next);
    const within = this.batches.filter((each) => batch.partitionLeaderEpoch(each) <= leaderEpoch).at(-1);
    return { leaderEpoch: within === undefined ? leaderEpoch : batch.partitionLeaderEpoch(within), endOffset: until };
  }
}

function foundIn(found: Buffer): FoundOffset {
  return {
    offset: batch.baseOffset(found),
    timestamp: batch.maxTimestamp(found),
    leaderEpoch: batch.partitionLeaderEpoch(found),
  };
}

export class TestTopic implements Topic {
  readonly name: string;
  readonly id: string;
  readonly internal: boolean;
  readonly config: TopicConfig;
  readonly partitions: TestLog[];

  constructor(name: string, id: string, partitions: number, config: TopicConfig) {
    this.name = name;
    this.id = id;
    this.internal = isInternalTopic(name);
    this.config = config;
    this.partitions = Array.from({ length: partitions }, (_, i) => new TestLog(this, i));
  }

  partition(index: number): TestLog | undefined {
    return this.partitions[index];
  }
}

class TestTopics implements Topics {
  readonly all = new Map<string, TestTopic>();

  byName(name: string): TestTopic | undefined {
    return this.all.get(name);
  }

  byId(id: string): TestTopic | undefined {
    return [...this.all.values()].find((topic) => topic.id === id);
  }

  [Symbol.iterator](): Iterator<TestTopic> {
    return this.all.values();
  }
}

export interface TestTopicOptions {
  readonly partitions?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

export interface TestBrokerOptions {
  readonly groups?: GroupCoordinator;
}

/** A broker without sockets and disks: its services, and what specs do to them. */
export class TestBroker {
  readonly scheduler = new VirtualTimeScheduler(VirtualAction, startMs);
  readonly topics = new TestTopics();
  image: MetadataImage = imageOf({ ...emptyImage, lastOffset: 41, features: new Map([['metadata.version', 30]]) });
  /** What was asked of the controller. */
  readonly asked: unknown[] = [];
  /** What creating a topic answers instead of creating it. */
  refuseTopics: KafkaError | null = null;
  /** Appends that wait to be written while `holdAppends` is set. */
  holdAppends = false;
  readonly held: (() => void)[] = [];
  readonly logged: unknown[] = [];
  readonly services: Services;
  private nextProducerId = 7000;

  constructor(entries: ConfigEntries = {}, { groups = new ScriptedGroups() }: TestBrokerOptions = {}) {
    this.scheduler.frame = startMs;
    const config = loadConfig(entries);
    const endpoints = [
      { listener: 'PLAINTEXT', host: 'broker.example', port: 9092 },
      { listener: 'OUTSIDE', host: 'outside.example', port: 19092 },
    ];
    const { scheduler, topics } = this;
    this.services = {
      config,
      scheduler,
      logger: pino({ level: 'warn' }, { write: (line: string) => void this.logged.push(JSON.parse(line)) }),
      apis: new Map(apis.map((api) => [api.key, api])),
      clusterId: 'MillraceMillraceMillra',
      nodeId: 1,
      advertised: (listener) => endpoints.find((endpoint) => endpoint.listener === listener),
      metadata: () => this.image,
      topics,
      appends: { submit: (append) => this.submit(append) },
      controller: this.controller(),
      producerIds: { next: async () => this.nextProducerId++ },
      fetchSessions: new FetchSessions({
        maxSessions: config['max.incremental.fetch.session.cache.slots'],
        scheduler,
      }),
      groups,
    };
  }

  /** Adds a topic, to the image and with its logs. */
  topic(name: string, { partitions = 1, configs = {} }: TestTopicOptions = {}): TestTopic {
    const overrides = new Map(Object.entries(configs));
    const topic = new TestTopic(name, randomUuid(), partitions, resolveTopicConfig(overrides, this.services.config));
    this.topics.all.set(name, topic);
    const images = topic.partitions.map((_, i) => partitionImage(i));
    const image = { name, id: topic.id, partitions: images };
    this.image = imageOf({
      ...this.image,
      topicsByName: new Map([...this.image.topicsByName, [name, image]]),
      topicsById: new Map([...this.image.topicsById, [topic.id, image]]),
    });
    this.configs(2, name, configs);
    return topic;
  }

  /** Sets overrides of a resource. */
  configs(type: number, name: string, configs: Readonly<Record<string, string>>): void {
    const overrides = new Map(Object.entries(configs));
    const allConfigs = new Map([...this.image.allConfigs, [configKey(type, name), overrides] as const]);
    this.image = imageOf({ ...this.image, allConfigs });
  }

  /** Sets the level of a feature. */
  feature(name: string, level: number): void {
    this.image = imageOf({ ...this.image, features: new Map([...this.image.features, [name, level]]) });
  }

  /** Changes one partition in the image. */
  repartition(name: string, partition: number, change: Partial<PartitionImage>): void {
    const topic = this.image.topicsByName.get(name)!;
    const partitions = topic.partitions.map((each) => (each.partition === partition ? { ...each, ...change } : each));
    const image = { ...topic, partitions };
    this.image = imageOf({
      ...this.image,
      topicsByName: new Map([...this.image.topicsByName, [name, image]]),
      topicsById: new Map([...this.image.topicsById, [topic.id, image]]),
    });
  }

  /** Adds another broker to the cluster, reachable on PLAINTEXT only. */
  neighbour(nodeId: number, fenced = false): void {
    const broker = {
      nodeId,
      incarnationId: randomUuid(),
      brokerEpoch: 5,
      rack: null,
      fenced,
      inControlledShutdown: false,
      endpoints: [{ name: 'PLAINTEXT', host: `broker-${nodeId}.example`, port: 9092, securityProtocol: 0 }],
      logDirs: [],
      cordonedLogDirs: null,
    };
    this.image = imageOf({ ...this.image, brokers: new Map([...this.image.brokers, [nodeId, broker]]) });
  }

  /** Lets virtual time pass. */
  pass(ms: number): void {
    const until = this.scheduler.frame + ms;
    this.scheduler.schedule(() => undefined, ms);
    this.scheduler.maxFrames = until;
    this.scheduler.flush();
  }

  /** Timers that have not run yet. */
  get timers(): number {
    return this.scheduler.actions.filter(({ closed }) => !closed).length;
  }

  private submit({ log, batch: bytes }: Append): Promise<Appended> {
    if (!this.holdAppends) return Promise.resolve().then(() => (log as TestLog).append(bytes));
    return new Promise((resolve, reject) => {
      this.held.push(() => {
        try {
          resolve((log as TestLog).append(bytes));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  private controller(): Controller {
    const create = (wanted: NewTopic, validateOnly: boolean): Outcome<CreatedTopic> => {
      if (this.refuseTopics !== null) return { refused: this.refuseTopics };
      const { name, configs } = wanted;
      if (this.topics.all.has(name))
        return { refused: errors.TOPIC_ALREADY_EXISTS.because(`there is a topic ${name}`) };
      const numPartitions = wanted.numPartitions === -1 ? this.services.config['num.partitions'] : wanted.numPartitions;
      if (numPartitions < 1 || numPartitions > partitionsMaxPerRequest)
        return { refused: errors.INVALID_PARTITIONS.because(`${numPartitions} partitions`) };
      const overrides = new Map(configs.map((config) => [config.name, config.value ?? '']));
      const topicId = validateOnly
        ? randomUuid()
        : this.topic(name, { partitions: numPartitions, configs: Object.fromEntries(overrides) }).id;
      return { done: { name, topicId, numPartitions, replicationFactor: 1, configs: overrides } };
    };
    return {
      createTopics: async (topics, validateOnly) => {
        this.asked.push({ createTopics: topics, validateOnly });
        return topics.map((topic) => create(topic, validateOnly));
      },
      createTopicsOnDemand: async (names) => {
        this.asked.push({ createTopicsOnDemand: names });
        const usual = { numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] };
        return names.map((name) => create({ name, ...usual }, false));
      },
      createPartitions: async (topics, validateOnly) => {
        this.asked.push({ createPartitions: topics, validateOnly });
        return topics.map(({ name }) =>
          this.topics.all.has(name) ? { done: undefined } : { refused: errors.UNKNOWN_TOPIC_OR_PARTITION },
        );
      },
      deleteTopics: async (topicIds) => {
        this.asked.push({ deleteTopics: topicIds });
        return topicIds.map(() => ({ done: undefined }));
      },
      allocateProducerIds: async () => ({ firstId: 7000, count: 1000 }),
    };
  }
}

function partitionImage(partition: number): PartitionImage {
  return {
    partition,
    replicas: [1],
    isr: [1],
    leader: 1,
    leaderEpoch: 0,
    partitionEpoch: 0,
    recovering: false,
    removingReplicas: [],
    addingReplicas: [],
    directories: [],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
  };
}

export interface ScopeOptions {
  readonly clientId?: string | null;
  readonly listener?: string;
  readonly signal?: AbortSignal;
}

export function scopeOf(version: number, options: ScopeOptions = {}): Scope {
  const { clientId = 'spec', listener = 'PLAINTEXT', signal = new AbortController().signal } = options;
  const connection = { id: 1, listener, remoteAddress: '127.0.0.1', principal: 'User:ANONYMOUS', signal };
  return { version, clientId, connection, signal };
}

/** A request as the broker reads it. */
export function requestOf<Q extends Schema>(api: Api<Q>, version: number, draft: Draft<Q>): Infer<Q> {
  if (!serves(api, version)) throw new RangeError(`${api.name} v${version} is not served`);
  const writer = new Writer();
  api.requestCodec(version).write(writer, draft);
  return api.requestCodec(version).read(new Reader(writer.takeBuffer()));
}

/** What asking an API led to: the answer as the client reads it, and the memory that it holds. */
export interface Told<R extends Schema> {
  readonly body: Infer<R>;
  /** null: the answer holds nothing. */
  readonly release: (() => void) | null;
}

/**
 * Asks as a client would: the request goes through the codec, a KafkaError becomes a refusal, the answer goes through the
 * codec. Rejects with a Hangup, a bug, or an answer that its version cannot carry; null for no answer.
 */
export async function tell<Q extends Schema, R extends Schema>(
  broker: TestBroker,
  api: Api<Q, R>,
  version: number,
  draft: Draft<Q>,
  options: ScopeOptions = {},
): Promise<Told<R> | null> {
  const request = requestOf(api, version, draft);
  const writer = new Writer();
  let answer: Answer<R> | Draft<R> | null;
  try {
    answer = await api.handle(request, scopeOf(version, options), broker.services);
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error;
    answer = api.refuse(request, error);
  }
  if (answer === null) return null;
  const held: Answer<R> | null = answer instanceof Answer ? answer : null;
  api.responseCodec(version).write(writer, held === null ? (answer as Draft<R>) : held.body);
  const body = api.responseCodec(version).read(new Reader(Buffer.from(writer.takeBuffer())));
  return { body, release: held?.release ?? null };
}

/** As `tell`, where there is an answer: its body. What it holds is handed back. */
export async function ask<Q extends Schema, R extends Schema>(
  broker: TestBroker,
  api: Api<Q, R>,
  version: number,
  draft: Draft<Q>,
  options: ScopeOptions = {},
): Promise<Infer<R>> {
  const told = await tell(broker, api, version, draft, options);
  if (told === null) throw new Error(`${api.name} v${version} was not answered`);
  told.release?.();
  return told.body;
}
