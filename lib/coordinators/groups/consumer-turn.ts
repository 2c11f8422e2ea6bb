/**
 * One step of a consumer group in the making: the group as it is by now, and what is to be done about it. Made by
 * consumer-step.ts.
 *
 * What always holds: the group changes by folding records, and by nothing else, so that what is in memory and what will
 * be read from the log are the same; all records of a step are one batch.
 */
import { foldConsumer } from './consumer-fold';
import { type ConsumerGroup, type ConsumerMember, isInLog } from './consumer-group';
import { type ConsumerSettings, consumerSettings } from './consumer-settings';
import type { GroupRecord } from './group-records';
import { answer, arm, disarm, type Effect, type Step, type Ticket, tell, type World, write } from './step';

export class ConsumerTurn {
  readonly world: World;
  readonly settings: ConsumerSettings;
  private current: ConsumerGroup;
  private readonly records: GroupRecord[] = [];
  private readonly effects: Effect[] = [];

  constructor(group: ConsumerGroup, world: World) {
    this.current = group;
    this.world = world;
    this.settings = consumerSettings(group.groupId, world);
  }

  get group(): ConsumerGroup {
    return this.current;
  }

  /** Folds the records, and writes them when the turn ends. */
  write(records: readonly GroupRecord[]): void {
    if (records.length === 0) return;
    this.records.push(...records);
    // Only the tombstones of a group as a whole make it null, and nobody takes a group away in a turn.
    this.current = foldConsumer(this.current, records)!;
  }

  /** Notes that the subscriptions were looked up in the cluster as it is now. */
  hasSeenTopics(): void {
    const { image } = this.world;
    if (this.current.seen !== image) this.current = { ...this.current, seen: image };
  }

  answer<A>(ticket: Ticket<A>, given: A): void {
    this.effects.push(answer(ticket, given));
  }

  tell(message: string): void {
    this.effects.push(tell(message));
  }

  /** The member was heard of. */
  armSession({ memberId, classic }: ConsumerMember): void {
    this.effects.push(arm('session', memberId, classic?.sessionTimeoutMs ?? this.settings.sessionTimeoutMs));
  }

  /** The member has its rebalance timeout to give partitions up. */
  armRevoke({ memberId, rebalanceTimeoutMs }: ConsumerMember): void {
    this.effects.push(arm('revoke', memberId, Math.max(0, rebalanceTimeoutMs)));
  }

  disarmRevoke(memberId: string): void {
    this.effects.push(disarm('revoke', memberId));
  }

  /** Whoever this was is not waited for any more. */
  disarm(memberId: string): void {
    this.effects.push(disarm('session', memberId), disarm('revoke', memberId));
  }

  /** The group and the effects; null for the group where nothing came of it. */
  end(): Step<ConsumerGroup> {
    const effects = this.records.length === 0 ? this.effects : [write(...this.records), ...this.effects];
    return { group: isInLog(this.current) ? this.current : null, effects };
  }
}
