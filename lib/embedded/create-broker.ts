/**
 * `createBroker`: a whole broker inside a program, above all inside its tests.
 *
 * What always holds: a broker that was given no directory has one of its own, which is gone when `close` resolves, with
 * every socket, timer and file; nothing but errors is logged unless somebody asks for more; and any call that comes at
 * the wrong time is refused with a sentence, at once. There is nothing to close before `createBroker` resolves; where it
 * rejects, it has let go of everything.
 */
import type { Duplex } from 'node:stream';
import { asyncScheduler } from 'rxjs';
import type { BrokerPicture, Broker as Opened } from '../broker';
import type { Config } from '../config';
import type { Faults } from '../faults/faults';
import type { LiveTaps } from '../pipeline/live-taps';
import type { DescribeOptions } from '../pipeline/picture';
import type { Api } from '../protocol/api';
import type { Draft, Infer, Schema } from '../protocol/schema';
import type { Endpoint } from '../protocol/scope';
import { UsageError } from '../usage';
import { configOf } from './given-config';
import { inject } from './inject';
import { type FaultyBroker, openWithFaults } from './open-with-faults';
import { type BrokerOptions, checkOptions } from './options';
import { type ProducedRecord, produce, type RecordPlace } from './produce';
import { Records, type RecordsOptions } from './records';
import { makeTempDir, type TempDir } from './temp-dir';
import { createTopics, deleteTopics, type NewTopic, type WantedTopic } from './topics';

/** Where clients connect to. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** `host:port`, as clients want it. */
  readonly bootstrap: string;
  /** Every listener's address, of which the above is the first. */
  readonly endpoints: readonly Endpoint[];
}

export interface Broker extends AsyncDisposable {
  readonly config: Config;
  readonly clusterId: string;
  readonly nodeId: number;
  /** What clients are told to connect to; empty before `listen`. */
  readonly endpoints: readonly Endpoint[];
  /** Connections that are open now. */
  readonly connections: number;
  /** Stages that come and go while the broker runs. */
  readonly taps: Pick<LiveTaps, 'add'>;
  /** What is to go wrong, said in a line and counted: for tests of what clients do then. */
  readonly faults: Faults;
  /** The live pipeline as plain data (seams, stages, what each has done), for a picture that is drawn again and again. */
  describe(options?: DescribeOptions): BrokerPicture;
  /** Opens the listeners. Rejects with the system's error where a port is taken, and when it is called again. */
  listen(): Promise<Listening>;
  /** Serves one client over any duplex stream. Returns how to end it once everything asked is answered. */
  handle(stream: Duplex): () => void;
  /** Creates a topic; resolves when it can be used. */
  createTopic(topic: string | WantedTopic): Promise<NewTopic>;
  /** Creates topics; rejects with the first that is refused, and the others are there. */
  createTopics(topics: readonly (string | WantedTopic)[]): Promise<NewTopic[]>;
  /**
   * Sends one request through the whole pipeline, taps and all, and resolves with the body of its answer; no socket is
   * needed. Each goes over a connection of its own. Rejects where the broker ends the connection without an answer.
   */
  inject<Q extends Schema, R extends Schema>(api: Api<Q, R>, version: number, body: Draft<Q>): Promise<Infer<R>>;
  /**
   * Puts records into a topic, which is made if there is none; a text or Buffer is a record's value. Goes past the taps.
   * Resolves with the place of each record, in order, once they are in the log.
   */
  produce(topic: string, records: Iterable<ProducedRecord | string | Buffer>): Promise<RecordPlace[]>;
  /** The records of a topic, to iterate over or (`from` of RxJS) to observe. Goes past the taps. */
  records(topic: string, options?: RecordsOptions): Records;
  /**
   * Makes the broker as new, between two tests: every topic is gone, with all groups and what they have committed, and the
   * topics that `createBroker` was given are there again, empty. Faults are removed. Connections stay; clients find out by the usual errors.
   */
  reset(): Promise<void>;
  /** Answers what is in flight and lets go of everything. May be called at any time, and as often as one likes. */
  close(): Promise<void>;
}

/**
 * Opens a broker in this process.
 *
 *     const broker = await createBroker();
 *     const { bootstrap } = await broker.listen();
 *     …
 *     await broker.close();
 *
 * @throws UsageError or ConfigError for options that cannot be meant, LogDirError or DirInUse for a directory
 */
export async function createBroker(options: BrokerOptions = {}): Promise<Broker> {
  const { config: given = {}, topics, ...rest } = checkOptions(options);
  let own: TempDir | null = null;
  let broker: FaultyBroker | null = null;
  try {
    const config = configOf(given, () => (own = makeTempDir()).path);
    broker = await openWithFaults({ ...rest, config, durable: own === null });
    if (topics.length > 0) await createTopics(topics, broker.opened.services, { isThereOk: true });
    return new EmbeddedBroker(broker, own, topics);
  } catch (error) {
    await broker?.close();
    await (own as TempDir | null)?.remove();
    throw error;
  }
}

/** How long clients may take to go when the broker closes; those of a test are in the same process, and need nothing. */
const closeGraceMs = 1000;

class EmbeddedBroker implements Broker {
  private readonly broker: FaultyBroker;
  private readonly opened: Opened;
  private readonly own: TempDir | null;
  private readonly topics: readonly (string | WantedTopic)[];
  private listening: Promise<readonly Endpoint[]> | null = null;
  private closing: Promise<void> | null = null;
  private produced = 0;

  constructor(broker: FaultyBroker, own: TempDir | null, topics: BrokerOptions['topics']) {
    this.broker = broker;
    this.opened = broker.opened;
    this.own = own;
    this.topics = topics ?? [];
  }

  get config(): Config {
    return this.opened.config;
  }

  get clusterId(): string {
    return this.opened.clusterId;
  }

  get nodeId(): number {
    return this.opened.nodeId;
  }

  get endpoints(): readonly Endpoint[] {
    return this.opened.endpoints;
  }

  get connections(): number {
    return this.opened.connections;
  }

  get taps(): Pick<LiveTaps, 'add'> {
    return this.opened.taps;
  }

  get faults(): Faults {
    return this.broker.faults;
  }

  describe(options?: DescribeOptions): BrokerPicture {
    this.check('describe');
    return this.opened.describe(options);
  }

  async listen(): Promise<Listening> {
    this.check('listen');
    if (this.listening !== null) throw new UsageError('listen: was called before, and once is enough');
    this.listening = this.opened.listen();
    const endpoints = await this.listening;
    if (this.closing !== null) throw new UsageError('listen: the broker was closed meanwhile');
    const { host, port } = endpoints[0]!;
    return { host, port, bootstrap: `${host.includes(':') ? `[${host}]` : host}:${port}`, endpoints };
  }

  handle(stream: Duplex): () => void {
    this.check('handle');
    return this.opened.handle(stream);
  }

  async createTopic(topic: string | WantedTopic): Promise<NewTopic> {
    const [created] = await this.createTopics([topic]);
    return created!;
  }

  async createTopics(topics: readonly (string | WantedTopic)[]): Promise<NewTopic[]> {
    this.check('createTopics');
    return createTopics(topics, this.opened.services);
  }

  async inject<Q extends Schema, R extends Schema>(api: Api<Q, R>, version: number, body: Draft<Q>): Promise<Infer<R>> {
    this.check('inject');
    return inject((stream) => this.opened.handle(stream), api, version, body, 'inject');
  }

  async produce(topic: string, records: Iterable<ProducedRecord | string | Buffer>): Promise<RecordPlace[]> {
    this.check('produce');
    return produce(topic, records, this.opened.services, this.produced++);
  }

  records(topic: string, options: RecordsOptions = {}): Records {
    this.check('records');
    return new Records(topic, options, this.opened.services);
  }

  async reset(): Promise<void> {
    this.check('reset');
    this.faults.clear();
    await deleteTopics(this.opened.services);
    if (this.topics.length > 0) await createTopics(this.topics, this.opened.services);
    this.produced = 0;
  }

  close(): Promise<void> {
    return (this.closing ??= this.shut());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private async shut(): Promise<void> {
    // A listener that is just being opened would be open for ever.
    await this.listening?.catch(() => {});
    // In real time: a client that does not go is in the real world, and a virtual clock may stand still for ever.
    const cut = asyncScheduler.schedule(() => this.opened.cut(), closeGraceMs);
    try {
      await this.broker.close();
    } finally {
      cut.unsubscribe();
      await this.own?.remove();
    }
  }

  private check(call: string): void {
    if (this.closing !== null) throw new UsageError(`${call}: the broker is closed`);
  }
}
