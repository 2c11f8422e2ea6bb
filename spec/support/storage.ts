/**
 * Partition logs in a temporary directory, without a broker around them: on a clock that specs move, on a disk that
 * specs may break. `reopen` and `crash` bring them back as the next start of a broker would find them.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { VirtualAction, VirtualTimeScheduler } from 'rxjs';
import { loadConfig } from '../../lib/config';
import type { Logger } from '../../lib/logger';
import { LocalAppends } from '../../lib/storage/appends';
import { type Disk, nodeDisk } from '../../lib/storage/disk';
import { configKey, emptyImage, imageOf, type MetadataImage, type TopicImage } from '../../lib/storage/metadata-image';
import type { Partition } from '../../lib/storage/partition';
import { LocalTopics } from '../../lib/storage/topics';

/** When virtual time begins: an ordinary day, so that timestamps look like timestamps. */
export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);

export interface TopicPlan {
  readonly name: string;
  readonly id?: string;
  readonly partitions?: number;
  readonly leaderEpoch?: number;
  readonly replicas?: readonly number[];
  readonly configs?: Readonly<Record<string, string>>;
  readonly directories?: readonly string[];
}

/** A topic id that goes with a name. */
export function topicId(name: string): string {
  return Buffer.from(name.padEnd(16, '.').slice(0, 16)).toString('base64url');
}

/** An image of the cluster that has these topics and nothing else. */
export function imageWith(topics: readonly TopicPlan[]): MetadataImage {
  const images = topics.map(
    (topic): TopicImage => ({
      name: topic.name,
      id: topic.id ?? topicId(topic.name),
      partitions: Array.from({ length: topic.partitions ?? 1 }, (_, partition) => ({
        partition,
        replicas: topic.replicas ?? [1],
        isr: [1],
        leader: 1,
        leaderEpoch: topic.leaderEpoch ?? 0,
        partitionEpoch: 0,
        recovering: false,
        removingReplicas: [],
        addingReplicas: [],
        directories: topic.directories ?? [],
        eligibleLeaderReplicas: [],
        lastKnownElr: [],
      })),
    }),
  );
  const configs = topics.filter(({ configs: set }) => set !== undefined);
  return imageOf({
    ...emptyImage,
    topicsByName: new Map(images.map((topic) => [topic.name, topic])),
    topicsById: new Map(images.map((topic) => [topic.id, topic])),
    allConfigs: new Map(configs.map((topic) => [configKey(2, topic.name), new Map(Object.entries(topic.configs!))])),
  });
}

export interface StorageOptions {
  readonly topics?: readonly TopicPlan[];
  readonly config?: Readonly<Record<string, string | number | boolean>>;
  readonly disk?: Disk;
  readonly logger?: Logger;
  /** Log directories that are there already; a new one otherwise. */
  readonly dirs?: readonly string[];
  /** Whether the broker before stopped cleanly. */
  readonly clean?: boolean;
  readonly nowMs?: number;
  /** `soon` of the appends; the end of the turn if absent. */
  readonly soon?: (run: () => void) => void;
}

export class Storage {
  readonly topics: LocalTopics;
  readonly appends: LocalAppends;
  readonly scheduler: VirtualTimeScheduler;
  readonly dirs: readonly string[];
  private readonly options: StorageOptions;

  private constructor(topics: LocalTopics, scheduler: VirtualTimeScheduler, options: StorageOptions) {
    this.topics = topics;
    this.scheduler = scheduler;
    this.options = options;
    this.dirs = options.dirs ?? [];
    this.appends = new LocalAppends({ scheduler, ...(options.soon && { soon: options.soon }) });
  }

  static async open(given: StorageOptions = {}): Promise<Storage> {
    const options = { ...given, dirs: given.dirs ?? [mkdtempSync(join(tmpdir(), 'millrace-storage-'))] };
    const scheduler = new VirtualTimeScheduler(VirtualAction);
    scheduler.frame = options.nowMs ?? startMs;
    const topics = await LocalTopics.open(
      {
        config: loadConfig({ 'process.roles': 'broker,controller', 'node.id': 1, ...options.config }),
        nodeId: 1,
        dirs: options.dirs.map((path, i) => ({
          path,
          id: topicId(`dir${i}`),
          cleanShutdown: (options.clean ?? true) ? { brokerEpoch: 0 } : null,
        })),
        scheduler,
        logger: options.logger ?? pino({ level: 'silent' }),
        disk: options.disk ?? nodeDisk,
      },
      imageWith(options.topics ?? []),
    );
    return new Storage(topics, scheduler, options);
  }

  get dir(): string {
    return this.dirs[0]!;
  }

  /** A partition that must be there. */
  partition(topic: string, index = 0): Partition {
    const partition = this.topics.byName(topic)?.partition(index);
    if (partition === undefined) throw new Error(`no partition ${topic}-${index}`);
    return partition;
  }

  append(topic: string, batch: Buffer, index = 0) {
    return this.appends.submit({ log: this.partition(topic, index), batch });
  }

  /** Lets virtual time pass. */
  advance(ms: number): void {
    this.scheduler.maxFrames = this.scheduler.frame + ms;
    this.scheduler.flush();
    this.scheduler.frame = this.scheduler.maxFrames;
  }

  /** Stops cleanly and starts again. */
  async reopen(changes: Partial<StorageOptions> = {}): Promise<Storage> {
    const clean = await this.topics.close();
    return Storage.open({ ...this.options, nowMs: this.scheduler.now(), clean, ...changes });
  }

  /** Starts again on what lies on disk now, as after SIGKILL: on a copy, for this one still runs. */
  async crash(changes: Partial<StorageOptions> = {}): Promise<Storage> {
    const dirs = this.dirs.map((dir) => {
      const copy = mkdtempSync(join(tmpdir(), 'millrace-storage-'));
      cpSync(dir, copy, { recursive: true });
      return copy;
    });
    return Storage.open({ ...this.options, nowMs: this.scheduler.now(), clean: false, dirs, ...changes });
  }

  /** Removes the directories under the logs, as if they had never been: quicker than to stop. */
  discard(): void {
    for (const topic of this.topics) for (const partition of topic.partitions) partition.log.release();
    for (const dir of this.dirs) rmSync(dir, { recursive: true, force: true });
  }

  /** Stops, however that ends, and removes the directories. */
  async remove(): Promise<void> {
    await this.topics.close();
    for (const dir of this.dirs) rmSync(dir, { recursive: true, force: true });
  }
}
