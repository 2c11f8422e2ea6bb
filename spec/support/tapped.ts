/**
 * A broker in this process with taps, on a clock that stands still, and Produce and Fetch of one topic `a` through all of
 * its pipeline. For the specs of lib/taps.
 */
import { pino } from 'pino';
import { fetch } from '../../lib/apis/fetch';
import { metadata } from '../../lib/apis/metadata';
import { produce } from '../../lib/apis/produce';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import type { Taps } from '../../lib/pipeline/seams';
import * as batch from '../../lib/records/batch';
import { type BatchOptions, buildBatch } from '../../lib/records/build';
import { recordsOf } from '../../lib/records/record';
import { type VirtualClock, virtualClock } from '../../lib/virtual-clock';

export const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);

export interface SendOptions extends BatchOptions {
  readonly version?: number;
  readonly acks?: number;
  readonly topic?: string;
  readonly partition?: number;
}

export class Tapped {
  readonly broker: Broker;
  readonly clock: VirtualClock;

  private constructor(broker: Broker, clock: VirtualClock) {
    this.broker = broker;
    this.clock = clock;
  }

  static async open(taps: Taps, topics: string[] = ['a']): Promise<Tapped> {
    const clock = virtualClock(startMs);
    const logger = pino({ level: 'silent' });
    const wanted = topics.map((name) => ({ name, partitions: 2 }));
    return new Tapped(await createBroker({ taps, topics: wanted, scheduler: clock, logger }), clock);
  }

  close(): Promise<void> {
    return this.broker.close();
  }

  /** Produces a batch of these values, or the bytes given; the row of the answer. */
  async send(values: readonly string[] | Buffer, options: SendOptions = {}) {
    const { version = 9, acks = -1, topic = 'a', partition = 0, ...rest } = options;
    const records = Buffer.isBuffer(values) ? values : batchOf(values, rest);
    const topicData = [
      { name: topic, ...(await this.ids(version, topic)), partitionData: [{ index: partition, records }] },
    ];
    const body = await this.broker.inject(produce, version, { acks, timeoutMs: 1000, topicData });
    return body.responses[0]!.partitionResponses[0]!;
  }

  /** Fetches from an offset on; the row of the answer, and its batches as `offset value`, control ones as `first-last`. */
  async fetch(fetchOffset = 0, { version = 12, topic = 'a' } = {}) {
    const partitions = [{ partition: 0, fetchOffset, partitionMaxBytes: 1e6 }];
    const topics = [{ topic, ...(await this.ids(version, topic)), partitions }];
    const body = await this.broker.inject(fetch, version, { maxWaitMs: 0, minBytes: 1, topics });
    const row = body.responses[0]!.partitions[0]!;
    return { row, shown: shown(row.records ?? Buffer.alloc(0)) };
  }

  /** What is in the log. */
  async stored(topic = 'a'): Promise<string[]> {
    return (await this.broker.records(topic).toArray()).map(({ offset, value }) => `${offset} ${value}`);
  }

  private async ids(version: number, topic: string) {
    if (version < 13) return {};
    const { topics } = await this.broker.inject(metadata, 12, { topics: [{ name: topic }] });
    return { topicId: topics[0]!.topicId };
  }
}

export function batchOf(values: readonly string[], options: BatchOptions = {}): Buffer {
  return buildBatch(
    values.map((value) => ({ value })),
    { timestamp: startMs, ...options },
  );
}

function shown(records: Buffer): string[] {
  return [...batch.batchesOf(records)].flatMap((at) =>
    batch.isControl(records, at)
      ? `${batch.baseOffset(records, at)}-${batch.lastOffset(records, at)}`
      : [...recordsOf(records, at)].map(({ offset, value }) => `${offset} ${value}`),
  );
}
