/**
 * The times of a consumer group: the broker's, unless the group has its own (group configs of KIP-848, set with
 * IncrementalAlterConfigs on a resource of type GROUP). Called by consumer-step.ts; also how soon a member should speak
 * up again.
 */
import type { ConsumerGroup, ConsumerMember } from './consumer-group';
import type { World } from './step';

/** Resource type of group configs in the metadata log. */
const groupResource = 32;

/** Each time: what a group may set, what the broker says, and within which limits a group may differ. */
const times = {
  session: {
    own: 'consumer.session.timeout.ms',
    usual: 'group.consumer.session.timeout.ms',
    min: 'group.consumer.min.session.timeout.ms',
    max: 'group.consumer.max.session.timeout.ms',
  },
  heartbeat: {
    own: 'consumer.heartbeat.interval.ms',
    usual: 'group.consumer.heartbeat.interval.ms',
    min: 'group.consumer.min.heartbeat.interval.ms',
    max: 'group.consumer.max.heartbeat.interval.ms',
  },
  assignment: {
    own: 'consumer.assignment.interval.ms',
    usual: 'group.consumer.assignment.interval.ms',
    min: 'group.consumer.min.assignment.interval.ms',
    max: 'group.consumer.max.assignment.interval.ms',
  },
} as const;

export interface ConsumerSettings {
  /** After how long without a heartbeat a member is out. */
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** Shortest time between two target assignments (KIP-1263). */
  readonly assignmentIntervalMs: number;
}

/** What a group has of its own is kept within the broker's `group.consumer.min.…` and `….max.…`. */
export function consumerSettings(groupId: string, { config, image }: World): ConsumerSettings {
  const own = image.configs(groupResource, groupId);
  const setting = ({ own: name, usual, min, max }: (typeof times)[keyof typeof times]): number => {
    const text = own.size === 0 ? undefined : own.get(name);
    const value = text === undefined ? Number.NaN : Number(text);
    if (!Number.isInteger(value)) return config[usual];
    return Math.min(Math.max(value, config[min]), config[max]);
  };
  return {
    sessionTimeoutMs: setting(times.session),
    heartbeatIntervalMs: setting(times.heartbeat),
    assignmentIntervalMs: setting(times.assignment),
  };
}

/** How much longer than it has taken already a member may take to hear of partitions that others gave up. */
const lag = 1 / 8;
/** How many times the shortest interval who waits is told at most. */
const waitMaxTimes = 10;

/**
 * When a member should heartbeat again, in ms; never later than usual.
 *
 * Nobody but the member itself can find out what has changed for it, and each of two members that wait for each other
 * takes one heartbeat. So one that has something to wait for comes again soon: when the next assignment may be made,
 * and from then on the sooner the less time has passed since. And one that has all that it should have comes again
 * after as long as that has been so: others join and leave where others have just joined and left, and a group that has
 * been at rest for long is left at rest.
 */
export function heartbeatIntervalMs(
  group: ConsumerGroup,
  { memberEpoch, state }: ConsumerMember,
  { heartbeatIntervalMs: usualMs, assignmentIntervalMs }: ConsumerSettings,
  { nowMs, config }: World,
): number {
  const shortestMs = config['millrace.group.consumer.reconciling.heartbeat.interval.ms'];
  const ageMs = Math.max(0, nowMs - group.assignmentTimestampMs);
  const waiting = (ms: number) => Math.min(Math.max(Math.round(ms), shortestMs), shortestMs * waitMaxTimes);
  let ms: number;
  if (group.groupEpoch > group.assignmentEpoch) ms = waiting(assignmentIntervalMs - ageMs);
  else if (state === 'STABLE' && memberEpoch === group.assignmentEpoch) ms = Math.max(shortestMs, ageMs);
  else ms = waiting(ageMs * lag);
  return Math.min(ms, usualMs);
}
