/**
 * Members of groups for bench programs, as light as they can be: one connection each, and nothing but the protocol. They
 * do as clients do by default, with a heartbeat every 3 s, or as often as they are told where the broker says it.
 */
import { randomUUID } from 'node:crypto';
import { consumerGroupHeartbeat, findCoordinator, heartbeat, joinGroup, leaveGroup, syncGroup } from '../../lib/apis';
import type { Client } from './client';

const heartbeatMs = 3000;
const none = 0;
const memberIdRequired = 79;
const empty = Buffer.alloc(0);

/** Who is where in a group; says when it is stable. */
export class Roster {
  private readonly epochs = new Map<string, number>();
  private readonly owned = new Map<string, number>();
  private wanted = { members: -1, partitions: 0, afterEpoch: 0 };
  private settle: (atMs: number) => void = () => {};

  /** What a member knows: it is in a generation, or epoch, and owns so many partitions. */
  set(memberId: string, epoch: number, partitions: number): void {
    this.epochs.set(memberId, epoch);
    this.owned.set(memberId, partitions);
    this.look();
  }

  delete(memberId: string): void {
    this.epochs.delete(memberId);
    this.owned.delete(memberId);
    this.look();
  }

  /** The generation or epoch that all are in. */
  get epoch(): number {
    return Math.max(...this.epochs.values());
  }

  /** Resolves with the time at which so many members are in one later generation and own all that many partitions. */
  until(members: number, partitions: number, afterEpoch = 0): Promise<number> {
    return new Promise((resolve) => {
      this.wanted = { members, partitions, afterEpoch };
      this.settle = resolve;
      this.look();
    });
  }

  private look(): void {
    const { members, partitions, afterEpoch } = this.wanted;
    if (this.epochs.size !== members || new Set(this.epochs.values()).size !== 1) return;
    if (this.epoch <= afterEpoch) return;
    let owned = 0;
    for (const count of this.owned.values()) owned += count;
    if (owned === partitions) this.settle(performance.now());
  }
}

export abstract class Member {
  protected readonly client: Client;
  protected readonly groupId: string;
  protected readonly roster: Roster;
  protected memberId = '';
  protected isLeaving = false;
  private wake: () => void = () => {};
  private lived: Promise<void> = Promise.resolve();

  constructor(client: Client, groupId: string, roster: Roster) {
    this.client = client;
    this.groupId = groupId;
    this.roster = roster;
  }

  /** Joins, and does what a member does until it leaves. */
  begin(): void {
    this.lived = this.live();
  }

  /** Resolves once it has left. */
  async leave(): Promise<void> {
    this.isLeaving = true;
    this.wake();
    await this.lived;
    this.roster.delete(this.memberId);
    this.client.close();
  }

  protected abstract live(): Promise<void>;

  protected findCoordinator(): Promise<unknown> {
    return this.client.ask(findCoordinator, 4, { coordinatorKeys: [this.groupId] });
  }

  protected rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.isLeaving ? 0 : ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** What a consumer says of itself: version 0, topics, no user data. */
function subscription(topic: string): Buffer {
  const bytes = Buffer.alloc(12 + topic.length);
  bytes.writeInt32BE(1, 2);
  bytes.writeInt16BE(topic.length, 6);
  bytes.write(topic, 8);
  bytes.writeInt32BE(-1, 8 + topic.length);
  return bytes;
}

/** A member by the classic protocol. Its leader gives everybody nothing. */
export class ClassicMember extends Member {
  protected async live(): Promise<void> {
    await this.findCoordinator();
    while (!this.isLeaving) {
      const generationId = await this.join();
      if (generationId !== null) await this.beat(generationId);
    }
    const members = [{ memberId: this.memberId }];
    await this.client.ask(leaveGroup, 4, { groupId: this.groupId, members });
  }

  /** Joins and asks for its assignment; null where the generation was over before that. */
  private async join(): Promise<number | null> {
    const { client, groupId } = this;
    const protocols = [{ name: 'range', metadata: subscription('t') }];
    const said = {
      groupId,
      sessionTimeoutMs: 45_000,
      rebalanceTimeoutMs: 300_000,
      protocolType: 'consumer',
      protocols,
    };
    let joined = await client.ask(joinGroup, 9, { ...said, memberId: this.memberId });
    if (joined.errorCode === memberIdRequired) {
      this.memberId = joined.memberId;
      joined = await client.ask(joinGroup, 9, { ...said, memberId: this.memberId });
    }
    if (joined.errorCode !== none) throw new Error(`JoinGroup: error ${joined.errorCode}`);
    const { generationId, protocolType, protocolName, members } = joined;
    const assignments = members.map(({ memberId }) => ({ memberId, assignment: empty }));
    const asked = { groupId, generationId, memberId: this.memberId, protocolType, protocolName, assignments };
    const { errorCode } = await client.ask(syncGroup, 5, asked);
    if (errorCode !== none) return null;
    this.roster.set(this.memberId, generationId, 0);
    return generationId;
  }

  /** Sends heartbeats until it is told to join again. */
  private async beat(generationId: number): Promise<void> {
    const { groupId, memberId } = this;
    let errorCode = none;
    while (!this.isLeaving && errorCode === none) {
      await this.rest(heartbeatMs);
      if (!this.isLeaving)
        errorCode = (await this.client.ask(heartbeat, 4, { groupId, memberId, generationId })).errorCode;
    }
  }
}

/** A member by the consumer protocol (KIP-848): takes at once what it is given, and gives up what it is to. */
export class ConsumerMember extends Member {
  protected override memberId: string = randomUUID();

  protected async live(): Promise<void> {
    await this.findCoordinator();
    const { client, groupId, memberId } = this;
    const first = { rebalanceTimeoutMs: 300_000, subscribedTopicNames: ['groups'], topicPartitions: [] };
    let answer = await client.ask(consumerGroupHeartbeat, 1, { groupId, memberId, memberEpoch: 0, ...first });
    let owned = 0;
    for (;;) {
      if (answer.errorCode !== none) throw new Error(`ConsumerGroupHeartbeat: error ${answer.errorCode}`);
      const { memberEpoch, assignment, heartbeatIntervalMs } = answer;
      const given = assignment?.topicPartitions ?? null;
      if (given === null) await this.rest(heartbeatIntervalMs);
      else owned = given.reduce((sum, { partitions }) => sum + partitions.length, 0);
      if (this.isLeaving) break;
      const topicPartitions =
        given?.map(({ topicId, partitions }) => ({ topicId, partitions: [...partitions] })) ?? null;
      answer = await client.ask(consumerGroupHeartbeat, 1, { groupId, memberId, memberEpoch, topicPartitions });
      // What it was given it has told to have only now.
      this.roster.set(memberId, answer.memberEpoch, owned);
    }
    await client.ask(consumerGroupHeartbeat, 1, { groupId, memberId, memberEpoch: -1 });
  }
}
