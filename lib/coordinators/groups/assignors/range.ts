/**
 * The `range` assignor: of each topic its subscribers, in order, get contiguous ranges of partitions (org.apache.kafka.
 * coordinator.group.assignor.RangeAssignor). Members with an instance id come first, by it; the others follow by member
 * id. Where a topic cannot be shared evenly the first ones get one partition more. So members that subscribe to the same
 * topics get the same partition numbers of each topic of the same size, which is what joining topics needs.
 *
 * Like Kafka's, it looks only at who is there, not at who had what: order decides.
 */
import type { Assignment } from '../requests';
import type { Assignor, AssignorMember } from './assignor';
import { sameOr } from './same-or';

export const assignRange: Assignor = (members, topics) => {
  const ordered = [...members.values()].sort(inOrder);
  const subscribers = new Map<string, AssignorMember[]>();
  for (const member of ordered)
    for (const topicId of member.topicIds) {
      const known = subscribers.get(topicId);
      if (known !== undefined) known.push(member);
      else if (topics.has(topicId)) subscribers.set(topicId, [member]);
    }

  const ranges = new Map(ordered.map((member) => [member, new Map<string, readonly number[]>()]));
  for (const [topicId, readers] of subscribers) {
    const count = topics.get(topicId)!.partitions;
    const share = Math.floor(count / readers.length);
    const withOneMore = count % readers.length;
    let next = 0;
    for (const [i, member] of readers.entries()) {
      const size = share + (i < withOneMore ? 1 : 0);
      if (size === 0) break;
      const first = next;
      next += size;
      ranges.get(member)!.set(
        topicId,
        Array.from({ length: size }, (_, k) => first + k),
      );
    }
  }

  const assigned = new Map<string, Assignment>();
  for (const [member, range] of ranges) assigned.set(member.memberId, sameOr(member.assigned, range));
  return assigned;
};

function inOrder(a: AssignorMember, b: AssignorMember): number {
  if (a.instanceId !== null && b.instanceId !== null) return compare(a.instanceId, b.instanceId);
  if (a.instanceId !== null) return -1;
  if (b.instanceId !== null) return 1;
  return compare(a.memberId, b.memberId);
}

/** By UTF-16 units, as Java compares. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
