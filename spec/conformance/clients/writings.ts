/**
 * What real clients write to a broker, and whether that is what lies there and what they read of it. For the specs that
 * have all clients do so, over one way to a broker or another.
 */
import { expect } from 'chai';
import type { Client, Codec, Rec, Stored, TopicAdmin } from './client';
import { kafkajs } from './kafkajs';
import { type FetchedBatch, withReader } from './kafkajs-fetch';
import { legible } from './legible';
import { samples } from './samples';

/** What a client has written so far: its topic, and the records of each partition. */
export interface Written {
  topic: string;
  partitions: Rec[][];
}

const run = Date.now().toString(36);

/** The same topic for the same use by the same client, whichever broker it is on. */
export const topicFor = (client: Pick<Client, 'name'>, use: string) =>
  `${client.name.replace(/[^A-Za-z]/g, '')}-${use}-${run}`;
export const adminOf = (client: Client) => client.topics ?? kafkajs.topics!;

export class Writings {
  /** `host:port`, once the broker is there. */
  readonly bootstrap: () => string;
  private readonly written = new Map<Client, Written>();

  constructor(bootstrap: () => string) {
    this.bootstrap = bootstrap;
  }

  /**
   * Has a client write every sample that it can, in two rounds, to each partition of its topic. What lies in the log
   * then must be those records byte by byte, whatever this client itself would show of them. Gives the batches.
   */
  async write(client: Client, codec: Codec, idempotent: boolean): Promise<FetchedBatch[]> {
    const { topic, partitions } = await this.topicOf(client);
    const records = samples().filter(client.writes);
    const rounds = [records.slice(0, 5), records.slice(5)].map((round) => partitions.map(() => round));
    await client.produce(this.bootstrap(), { topic, codec, idempotent, rounds });
    return await withReader(this.bootstrap(), async (reader) => {
      const batches: FetchedBatch[] = [];
      for (const [partition, before] of partitions.entries()) {
        const from = before.length;
        before.push(...records);
        const fetched = await reader.batches(topic, partition, from);
        const expected = records.map((record, i) => ({ ...record, offset: from + i }));
        expect(legible(fetched.flatMap((batch) => batch.records))).to.deep.equal(legible(expected));
        batches.push(...fetched);
      }
      return batches;
    });
  }

  async readsAll(reader: Client, writer: Client): Promise<void> {
    const { topic, partitions } = await this.writtenBy(writer);
    const expected = partitions.map((records) => shownBy(reader, records));
    const slices = expected.map(({ length }, partition) => ({ topic, partition, offset: 0, count: length }));
    expect(slices[0]?.count).to.be.greaterThan(0);
    const read = await reader.read(this.bootstrap(), slices);
    expect(read.map(legible)).to.deep.equal(expected.map(legible));
  }

  /** The client's own topic; it is made when it is first asked for. */
  async topicOf(client: Client): Promise<Written> {
    const known = this.written.get(client);
    if (known) return known;
    const topic = topicFor(client, 'records');
    const partitions = client.picksPartition ? 2 : 1;
    await adminOf(client).create(this.bootstrap(), topic, partitions);
    await this.untilPartitions(adminOf(client), topic, partitions);
    const made = { topic, partitions: Array.from({ length: partitions }, () => []) };
    this.written.set(client, made);
    return made;
  }

  /** What a client wrote; it writes in every codec first where nothing is there, as when this spec runs alone. */
  async writtenBy(client: Client): Promise<Written> {
    const own = await this.topicOf(client);
    if (own.partitions[0]?.length === 0) for (const codec of client.codecs) await this.write(client, codec, false);
    return own;
  }

  /** A topic is made in the cluster's metadata first, and a broker hears of it a moment later. */
  async untilPartitions(topics: TopicAdmin, topic: string, count: number): Promise<void> {
    let seen = -1;
    for (let tries = 0; seen !== count && tries < 20; tries++) seen = await topics.partitions(this.bootstrap(), topic);
    expect(seen, `partitions of ${topic}`).to.equal(count);
  }
}

/** The records of a partition from its start on, as a reader shows them. */
export function shownBy(reader: Client, records: Rec[]): Stored[] {
  return records.map((record, offset) => ({ ...reader.shows(record), offset }));
}
