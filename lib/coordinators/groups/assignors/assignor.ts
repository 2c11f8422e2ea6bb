/**
 * What an assignor is: it says which member of a consumer group gets which partitions (KIP-848's server-side assignors;
 * org.apache.kafka.coordinator.group.api.assignor). Types, and the table of those there are. consumer-step.ts calls one
 * whenever a group's target assignment is to be made anew.
 *
 * What holds of every assignor: it is pure and deterministic; each partition of each topic that a member subscribes to
 * has exactly one owner, who subscribes to its topic; no member is assigned anything else.
 */
import type { Assignment } from '../requests';
import { assignRange } from './range';
import { assignUniform } from './uniform';

export interface AssignorMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly rackId: string | null;
  /** Ids of the topics that it subscribes to; those that are not among the topics given are passed over. */
  readonly topicIds: ReadonlySet<string>;
  /** What the last target assignment gave it. */
  readonly assigned: Assignment;
}

export interface AssignorTopic {
  readonly id: string;
  readonly name: string;
  /** How many it has. */
  readonly partitions: number;
  /** Racks of the brokers that have a replica of the partition; empty where they have none. */
  racks(partition: number): readonly string[];
}

/**
 * @param members by member id
 * @param topics by topic id: every topic that somebody subscribes to
 * @returns an assignment for every member, empty ones included; where it is what a member had, it is the same object
 */
export type Assignor = (
  members: ReadonlyMap<string, AssignorMember>,
  topics: ReadonlyMap<string, AssignorTopic>,
) => Map<string, Assignment>;

const assignors: ReadonlyMap<string, Assignor> = new Map([
  ['uniform', assignUniform],
  ['range', assignRange],
]);

/** The assignor of this name, as in `group.consumer.assignors`; undefined if there is none. */
export function assignorOf(name: string): Assignor | undefined {
  return assignors.get(name);
}
