/**
 * What a member of either group protocol does with its partitions: goes on where its group has got, reads, and commits.
 */
import { fetch } from '../../lib/apis/fetch';
import { offsetCommit } from '../../lib/apis/offset-commit';
import { offsetFetch } from '../../lib/apis/offset-fetch';
import { errors } from '../../lib/errors';
import type { Client } from './client';
import { fetchOf, recordsFrom } from './reader';

/** Who a member is when it commits. */
export interface Identity {
  readonly group: string;
  readonly memberId: string;
  /** Generation of a classic group, or member epoch. */
  readonly epoch: number;
}

const fencing = [
  errors.ILLEGAL_GENERATION,
  errors.UNKNOWN_MEMBER_ID,
  errors.REBALANCE_IN_PROGRESS,
  errors.STALE_MEMBER_EPOCH,
  errors.FENCED_MEMBER_EPOCH,
];

export class Offsets {
  private readonly client: Client;
  private readonly topic: string;
  /** Next offset of each partition; absent: it is not known where the group has got. */
  private readonly next = new Map<number, number>();

  constructor(client: Client, topic: string) {
    this.client = client;
    this.topic = topic;
  }

  /** Forgets where it was in partitions that it does not have any more. */
  keep(partitions: readonly number[]): void {
    for (const partition of [...this.next.keys()]) if (!partitions.includes(partition)) this.next.delete(partition);
  }

  /** Reads a little of each partition, from where the group has got. */
  async read(group: string, partitions: readonly number[]): Promise<void> {
    await this.find(
      group,
      partitions.filter((partition) => !this.next.has(partition)),
    );
    const wanted = partitions.flatMap((partition) => {
      const offset = this.next.get(partition);
      return offset === undefined ? [] : [{ topic: this.topic, partition, offset }];
    });
    if (wanted.length === 0) return;
    const answer = await this.client.ask(fetch, 12, fetchOf(wanted, 0));
    for (const { partitionIndex, errorCode, records } of answer?.responses[0]?.partitions ?? []) {
      if (errorCode !== 0) this.client.isPassing(errorCode, `fetch of ${this.topic}-${partitionIndex}`);
      const from = this.next.get(partitionIndex);
      if (errorCode !== 0 || from === undefined) continue;
      const found = recordsFrom(records ?? Buffer.alloc(0), from);
      for (const record of found) this.client.world.ledger.reads(`${this.topic}-${partitionIndex}`, record);
      this.next.set(partitionIndex, from + found.length);
    }
  }

  /** Commits where it has got. Whether the member may go on as it is. */
  async commit({ group, memberId, epoch }: Identity): Promise<boolean> {
    const { client, topic } = this;
    const { ledger } = client.world;
    const offsets = [...this.next];
    if (offsets.length === 0) return true;
    const latest = ledger.generationOf(group);
    for (const [partition, offset] of offsets) ledger.commits(group, `${topic}-${partition}`, offset);
    const answer = await client.ask(offsetCommit, 9, {
      ...{ groupId: group, memberId, generationIdOrMemberEpoch: epoch },
      topics: [
        {
          name: topic,
          partitions: offsets.map(([partitionIndex, committedOffset]) => ({
            ...{ partitionIndex, committedOffset, committedMetadata: null },
          })),
        },
      ],
    });
    let isIn = true;
    for (const { partitionIndex, errorCode } of answer?.topics[0]?.partitions ?? []) {
      const place = `${topic}-${partitionIndex}`;
      const offset = offsets.find(([partition]) => partition === partitionIndex)?.[1];
      if (errorCode === 0 && latest > epoch)
        ledger.fault(`${memberId} commits ${place} in generation ${epoch}, though there is ${latest}`);
      if (errorCode === 0 && offset !== undefined) ledger.committedAt(group, place, offset);
      else if (
        !client.isPassing(errorCode, `commit of ${place}`, fencing) ||
        fencing.some(({ code }) => code === errorCode)
      )
        isIn = false;
    }
    return isIn;
  }

  private async find(group: string, partitions: readonly number[]): Promise<void> {
    if (partitions.length === 0) return;
    const { client, topic } = this;
    const { ledger } = client.world;
    const place = (partition: number) => `${topic}-${partition}`;
    const before = new Map(partitions.map((one) => [one, ledger.committedSoFar(group, place(one))]));
    const answer = await client.ask(offsetFetch, 8, {
      groups: [{ groupId: group, topics: [{ name: topic, partitionIndexes: [...partitions] }] }],
      requireStable: true,
    });
    const row = answer?.groups[0];
    if (row === undefined) return;
    if (row.errorCode !== 0) return void client.isPassing(row.errorCode, `offsets of ${group}`);
    for (const { partitionIndex, committedOffset, errorCode } of row.topics[0]?.partitions ?? []) {
      if (errorCode !== 0) client.isPassing(errorCode, `offset of ${place(partitionIndex)}`);
      else {
        ledger.told(group, place(partitionIndex), committedOffset, before.get(partitionIndex)!);
        this.next.set(partitionIndex, Math.max(0, committedOffset));
      }
    }
  }
}
