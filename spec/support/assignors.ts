/** Groups for assignors to assign, and what holds of every outcome. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Assignor, AssignorMember, AssignorTopic } from '../../lib/coordinators/groups/assignors/assignor';
import type { Assignment } from '../../lib/coordinators/groups/requests';

/** Topics by name, which is their id as well, with so many partitions; or with the racks of each partition. */
export function topicsOf(
  sizes: Readonly<Record<string, number | readonly (readonly string[])[]>>,
): Map<string, AssignorTopic> {
  return new Map(
    Object.entries(sizes).map(([name, size]) => {
      const racks = typeof size === 'number' ? [] : size;
      const partitions = typeof size === 'number' ? size : size.length;
      return [name, { id: name, name, partitions, racks: (partition: number) => racks[partition] ?? [] }];
    }),
  );
}

export function memberOf(
  memberId: string,
  topicIds: Iterable<string>,
  more: { instanceId?: string; rackId?: string; assigned?: Assignment } = {},
): AssignorMember {
  const { instanceId = null, rackId = null, assigned = new Map() } = more;
  return { memberId, instanceId, rackId, topicIds: new Set(topicIds), assigned };
}

export function membersOf(...members: readonly AssignorMember[]): Map<string, AssignorMember> {
  return new Map(members.map((member) => [member.memberId, member]));
}

/** The same members with what they were assigned. */
export function holding(
  members: ReadonlyMap<string, AssignorMember>,
  assigned: ReadonlyMap<string, Assignment>,
): Map<string, AssignorMember> {
  return membersOf(...[...members.values()].map((one) => ({ ...one, assigned: assigned.get(one.memberId)! })));
}

/** `{ a: { t: [0, 1] } }` */
export function shown(assigned: ReadonlyMap<string, Assignment>): Record<string, Record<string, readonly number[]>> {
  return Object.fromEntries([...assigned].map(([id, assignment]) => [id, Object.fromEntries(assignment)]));
}

export function assignmentOf(topics: Readonly<Record<string, readonly number[]>>): Assignment {
  return new Map(Object.entries(topics));
}

export function sizeOf(assignment: Assignment): number {
  return [...assignment.values()].reduce((sum, partitions) => sum + partitions.length, 0);
}

/** Partition → who has it. */
export function ownersOf(assigned: ReadonlyMap<string, Assignment>): Map<string, string> {
  const owners = new Map<string, string>();
  for (const [memberId, assignment] of assigned)
    for (const [topicId, partitions] of assignment)
      for (const partition of partitions) {
        const key = `${topicId}-${partition}`;
        expect(owners.has(key), `${key} of ${memberId} has one owner`).to.equal(false);
        owners.set(key, memberId);
      }
  return owners;
}

/** How many partitions have another owner than before. */
export function moved(before: ReadonlyMap<string, Assignment>, now: ReadonlyMap<string, Assignment>): number {
  const owners = ownersOf(before);
  return [...ownersOf(now)].filter(([key, owner]) => owners.has(key) && owners.get(key) !== owner).length;
}

/** Assigns, and checks what has to hold of any assignor. */
export function checked(
  assignor: Assignor,
  members: ReadonlyMap<string, AssignorMember>,
  topics: ReadonlyMap<string, AssignorTopic>,
): Map<string, Assignment> {
  const assigned = assignor(members, topics);
  expect([...assigned.keys()].sort()).to.deep.equal([...members.keys()].sort());
  const owners = ownersOf(assigned);
  const wanted = new Set([...members.values()].flatMap(({ topicIds }) => [...topicIds]));
  let count = 0;
  for (const { id, partitions } of topics.values())
    for (let partition = 0; wanted.has(id) && partition < partitions; partition++) {
      expect(owners.has(`${id}-${partition}`), `${id}-${partition} is assigned`).to.equal(true);
      count++;
    }
  expect(owners.size).to.equal(count);
  for (const [memberId, assignment] of assigned)
    for (const [topicId, partitions] of assignment) {
      expect(members.get(memberId)!.topicIds.has(topicId), `${memberId} subscribes to ${topicId}`).to.equal(true);
      expect(partitions).to.not.be.empty;
      expect(partitions).to.deep.equal([...partitions].sort((a, b) => a - b));
    }
  return assigned;
}

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const racks = ['r1', 'r2', 'r3'];

export const someTopics = fc
  .array(fc.array(fc.subarray(racks), { maxLength: 12 }), { minLength: 1, maxLength: names.length })
  .map((sizes) => topicsOf(Object.fromEntries(sizes.map((partitions, i) => [names[i]!, partitions]))));

/** Members that subscribe to what they like, or all to the same, and claim what they like. */
export function someMembers(kind: 'alike' | 'mixed'): fc.Arbitrary<Map<string, AssignorMember>> {
  const claims = fc.dictionary(
    fc.constantFrom(...names, 'gone'),
    fc
      .uniqueArray(fc.integer({ min: 0, max: 14 }), { minLength: 1, maxLength: 6 })
      .map((all) => all.sort((a, b) => a - b)),
    { maxKeys: 4 },
  );
  const member = fc.record({
    subscribes: fc.subarray([...names, 'nowhere']),
    claims,
    rackId: fc.option(fc.constantFrom(...racks, 'r4')),
    instanceId: fc.option(fc.constantFrom('i1', 'i2', 'i3')),
  });
  return fc.array(member, { minLength: 1, maxLength: 9 }).map((all) =>
    membersOf(
      ...all.map(({ subscribes, claims, rackId, instanceId }, i) =>
        memberOf(`m${i}`, kind === 'alike' ? names : subscribes, {
          assigned: new Map(Object.entries(claims)),
          ...(rackId !== null && { rackId }),
          ...(instanceId !== null && { instanceId: `${instanceId}-${i}` }),
        }),
      ),
    ),
  );
}
