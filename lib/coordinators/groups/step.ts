/**
 * How a group moves: `step(group, event, world)` gives the group as it is then and what is to be done about it. Types, and
 * the few functions that make effects.
 *
 * A step is pure: it changes neither the group it is given nor anything else, it asks no clock and makes up no ids. What
 * it wants done are effects, which shard.ts carries out: records go to the log first, in one batch, and only once they are
 * in it are the answers of that step given. So nobody is told what a crash could undo.
 *
 * What always holds: the durable part of a group is what its records fold to, before and after every step.
 */
import type { Config } from '../../config';
import type { KafkaError } from '../../errors';
import type { MetadataImage } from '../../storage/metadata-image';
import type { Group } from './group';
import type { GroupRecordDraft } from './group-records';
import type {
  CommitRequest,
  ConsumerHeartbeatAnswer,
  ConsumerHeartbeatRequest,
  HeartbeatRequest,
  JoinAnswer,
  JoinRequest,
  LeaveAnswer,
  LeaveRequest,
  SyncAnswer,
  SyncRequest,
} from './requests';

/** What a step may know beyond its group and its event. */
export interface World {
  readonly nowMs: number;
  readonly config: Config;
  readonly image: MetadataImage;
  /** Somebody seems about to join: the coordinator was asked for since the last one came. No if absent. */
  readonly expectsMember?: boolean;
}

/** Somebody who waits for an answer of type A. A group may keep it and answer in a later step, or never. */
export interface Ticket<A> {
  readonly number: number;
  /** Types only; never set. */
  readonly answer?: A;
}

/** What timers there are. `member` is the member's id, empty for a timer of the whole group. */
export interface TimerId {
  readonly kind: /** A member was not heard of for its session timeout. */
    | 'session'
    /** A joining member that was told its id has not come again with it. */
    | 'pending'
    /** The time that a rebalance may take, or the settle window of an empty group, is over. */
    | 'join'
    /** Members had to ask for their assignment by now. */
    | 'sync'
    /** A member had to give up partitions by now (KIP-848). */
    | 'revoke';
  readonly member: string;
}

export type GroupEvent =
  | {
      readonly on: 'join';
      readonly ticket: Ticket<JoinAnswer>;
      readonly request: JoinRequest;
      readonly freshId: string;
    }
  | { readonly on: 'sync'; readonly ticket: Ticket<SyncAnswer>; readonly request: SyncRequest }
  | { readonly on: 'heartbeat'; readonly ticket: Ticket<KafkaError>; readonly request: HeartbeatRequest }
  | { readonly on: 'leave'; readonly ticket: Ticket<LeaveAnswer>; readonly request: LeaveRequest }
  | {
      readonly on: 'consumerHeartbeat';
      readonly ticket: Ticket<ConsumerHeartbeatAnswer>;
      readonly request: ConsumerHeartbeatRequest;
      /** A random uuid as Kafka prints it, for a member that has no id yet. */
      readonly freshId: string;
    }
  | { readonly on: 'commit'; readonly ticket: Ticket<KafkaError>; readonly request: CommitRequest }
  | { readonly on: 'timer'; readonly timer: TimerId }
  /** The group was read from the log: its members get their timers. */
  | { readonly on: 'loaded' };

export type EventOf<N extends GroupEvent['on']> = Extract<GroupEvent, { on: N }>;

export type Effect =
  /** All records of one step are one batch. */
  | { readonly do: 'write'; readonly records: readonly GroupRecordDraft[] }
  | { readonly do: 'answer'; readonly ticket: Ticket<unknown>; readonly answer: unknown }
  /** Sets a timer anew, in place of the one of the same id. */
  | { readonly do: 'arm'; readonly timer: TimerId; readonly ms: number }
  | { readonly do: 'disarm'; readonly timer: TimerId }
  /** A line for the people who run the broker. */
  | { readonly do: 'tell'; readonly message: string };

export interface Step<G extends Group = Group> {
  /** Null: there is no such group any more. Its timers go with it. */
  readonly group: G | null;
  readonly effects: readonly Effect[];
}

export function write(...records: GroupRecordDraft[]): Effect {
  return { do: 'write', records };
}

export function answer<A>(ticket: Ticket<A>, given: A): Effect {
  return { do: 'answer', ticket, answer: given };
}

export function arm(kind: TimerId['kind'], member: string, ms: number): Effect {
  return { do: 'arm', timer: { kind, member }, ms };
}

export function disarm(kind: TimerId['kind'], member: string): Effect {
  return { do: 'disarm', timer: { kind, member } };
}

export function tell(message: string): Effect {
  return { do: 'tell', message };
}
