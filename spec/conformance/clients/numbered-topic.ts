/**
 * A topic for members of groups to read: every record that is written to it is different, and none is forgotten.
 */
import { setTimeout } from 'node:timers/promises';
import { buildBatch } from '../../../lib/records/build';
import type { Wire } from '../../support/wire';
import { createTopic, send } from '../../support/writing';

/** UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE, NOT_LEADER_OR_FOLLOWER: Apache Kafka says so of a topic that is new. */
const soon = [3, 5, 6];

export class NumberedTopic {
  readonly name: string;
  readonly partitions: number;
  /** Values by partition, in order of their offsets. */
  readonly written: string[][];
  private readonly wire: Wire;
  private next = 0;

  private constructor(wire: Wire, name: string, partitions: number) {
    this.wire = wire;
    this.name = name;
    this.partitions = partitions;
    this.written = Array.from({ length: partitions }, () => []);
  }

  static async create(wire: Wire, name: string, partitions: number): Promise<NumberedTopic> {
    await createTopic(wire, name, { partitions });
    return new NumberedTopic(wire, name, partitions);
  }

  /** Its partitions, as members tell of them. */
  get names(): string[] {
    return this.written.map((_records, partition) => `${this.name}-${partition}`);
  }

  /** How many records there are. */
  get count(): number {
    return this.written.reduce((sum, { length }) => sum + length, 0);
  }

  /** Writes one record to each partition. */
  async addOneEach(): Promise<void> {
    for (const partition of this.written.keys()) await this.add(partition);
  }

  /** Writes one record; resolves once it is acknowledged. */
  async add(partition: number): Promise<void> {
    const value = `record ${this.next++}`;
    for (let tries = 200; ; tries--) {
      const { errorCode, baseOffset } = await send(this.wire, this.name, partition, buildBatch([{ value }]));
      if (errorCode === 0) {
        if (this.written[partition]!.push(value) !== baseOffset + 1) throw new Error(`${value} is at ${baseOffset}`);
        return;
      }
      if (!soon.includes(errorCode) || tries === 0) throw new Error(`${this.name}-${partition}: error ${errorCode}`);
      await setTimeout(50);
    }
  }
}
