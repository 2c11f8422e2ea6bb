import { expect } from 'chai';
import fc from 'fast-check';
import type { AssignorMember } from '../../../../lib/coordinators/groups/assignors/assignor';
import { assignUniform } from '../../../../lib/coordinators/groups/assignors/uniform';
import type { Assignment } from '../../../../lib/coordinators/groups/requests';
import {
  assignmentOf,
  checked,
  holding,
  memberOf,
  membersOf,
  moved,
  shown,
  sizeOf,
  someMembers,
  someTopics,
  topicsOf,
} from '../../../support/assignors';

const sizes = (assigned: ReadonlyMap<string, Assignment>) => [...assigned.values()].map(sizeOf);
const spreadOf = (all: readonly number[]) => Math.max(...all) - Math.min(...all);

/**
 * From whom a partition could go, by whatever chain of topics that two members share, to somebody with at least two
 * fewer; null where the assignment is as even as can be. Looks at each member by itself.
 */
function improvable(members: ReadonlyMap<string, AssignorMember>, assigned: ReadonlyMap<string, Assignment>) {
  for (const from of members.keys()) {
    const reached = new Set([from]);
    for (const id of reached)
      for (const [topic] of assigned.get(id)!)
        for (const { memberId, topicIds } of members.values()) if (topicIds.has(topic)) reached.add(memberId);
    const size = sizeOf(assigned.get(from)!);
    for (const to of reached) if (sizeOf(assigned.get(to)!) <= size - 2) return `${from} to ${to}`;
  }
  return null;
}

describe('assignUniform', () => {
  it('gives everything to a member that is alone', () => {
    const assigned = assignUniform(membersOf(memberOf('m', ['t', 'u'])), topicsOf({ t: 3, u: 1, other: 2 }));
    expect(shown(assigned)).to.deep.equal({ m: { t: [0, 1, 2], u: [0] } });
  });

  it('gives nothing to members that subscribe to nothing, or to topics that are not there', () => {
    const members = membersOf(memberOf('m', []), memberOf('n', ['gone']), memberOf('o', ['t']));
    expect(shown(assignUniform(members, topicsOf({ t: 1 })))).to.deep.equal({ m: {}, n: {}, o: { t: [0] } });
    expect(shown(assignUniform(new Map(), topicsOf({ t: 1 })))).to.deep.equal({});
  });

  it('gives each member its part of every topic', () => {
    const members = membersOf(memberOf('m', ['t', 'u']), memberOf('n', ['t', 'u']));
    expect(shown(assignUniform(members, topicsOf({ t: 4, u: 4 })))).to.deep.equal({
      m: { t: [0, 2], u: [0, 2] },
      n: { t: [1, 3], u: [1, 3] },
    });
  });

  it('lets the one who was there keep half of each topic when another comes', () => {
    const m = memberOf('m', ['t', 'u'], { assigned: assignmentOf({ t: [0, 1, 2, 3, 4, 5], u: [0, 1] }) });
    const assigned = assignUniform(membersOf(memberOf('n', ['t', 'u']), m), topicsOf({ t: 6, u: 2 }));
    expect(shown(assigned)).to.deep.equal({ m: { t: [0, 1, 2], u: [0] }, n: { t: [3, 4, 5], u: [1] } });
  });

  it('drops what is gone, was claimed twice, or is subscribed to no more', () => {
    const m = memberOf('m', ['t'], { assigned: assignmentOf({ t: [0, 1, 7], u: [0], gone: [0] }) });
    const n = memberOf('n', ['t'], { assigned: assignmentOf({ t: [-1, 1, 2] }) });
    const assigned = assignUniform(membersOf(m, n), topicsOf({ t: 4, u: 1 }));
    expect(shown(assigned)).to.deep.equal({ m: { t: [0, 1] }, n: { t: [2, 3] } });
  });

  it('evens out along chains of subscriptions', () => {
    // m can give to n only, n to o only.
    const m = memberOf('m', ['t', 'u'], { assigned: assignmentOf({ t: [0, 1, 2], u: [] }) });
    const n = memberOf('n', ['t', 'v'], { assigned: assignmentOf({ v: [0, 1, 2] }) });
    const o = memberOf('o', ['v', 'w']);
    const members = membersOf(m, n, o);
    const assigned = checked(assignUniform, members, topicsOf({ t: 3, u: 0, v: 3, w: 0 }));
    expect(sizes(assigned)).to.deep.equal([2, 2, 2]);
  });

  it('prefers partitions that have a replica in the rack of the member', () => {
    const t = [['r1'], ['r1'], ['r1', 'r2'], ['r2'], ['r2'], ['r3']];
    const members = membersOf(
      memberOf('m', ['t'], { rackId: 'r2' }),
      memberOf('n', ['t'], { rackId: 'r1' }),
      memberOf('o', ['t']),
    );
    expect(shown(checked(assignUniform, members, topicsOf({ t })))).to.deep.equal({
      m: { t: [2, 3] },
      n: { t: [0, 1] },
      o: { t: [4, 5] },
    });
  });

  it('lets far partitions go first', () => {
    const assigned = assignmentOf({ t: [0, 1, 2, 3] });
    const members = membersOf(memberOf('m', ['t'], { rackId: 'r2', assigned }), memberOf('n', ['t']));
    const t = [['r1'], ['r2'], ['r1'], ['r1', 'r2']];
    expect(shown(assignUniform(members, topicsOf({ t })))).to.deep.equal({ m: { t: [1, 3] }, n: { t: [0, 2] } });
  });

  it('assigns each partition once, and sizes that differ by one at most where all subscribe alike', () => {
    fc.assert(
      fc.property(someMembers('alike'), someTopics, (members, topics) => {
        expect(spreadOf(sizes(checked(assignUniform, members, topics)))).to.be.lessThan(2);
      }),
    );
  });

  it('assigns each partition once, as evenly as mixed subscriptions allow', () => {
    fc.assert(
      fc.property(someMembers('mixed'), someTopics, (members, topics) => {
        expect(improvable(members, checked(assignUniform, members, topics))).to.equal(null);
      }),
      { numRuns: 300 },
    );
  });

  it('changes nothing when nothing changed, and hands the same objects back', () => {
    fc.assert(
      fc.property(fc.constantFrom('alike', 'mixed'), fc.gen(), someTopics, (kind, g, topics) => {
        const members = g(() => someMembers(kind as 'alike'));
        const first = assignUniform(members, topics);
        const second = assignUniform(holding(members, first), topics);
        for (const [id, assignment] of first) expect(second.get(id)).to.equal(assignment);
      }),
    );
  });

  it('does not depend on the order of members and topics', () => {
    fc.assert(
      fc.property(someMembers('mixed'), someTopics, (members, topics) => {
        const turned = new Map([...members].reverse());
        const other = assignUniform(turned, new Map([...topics].reverse()));
        const first = assignUniform(members, topics);
        for (const [id, assignment] of first) expect(other.get(id)).to.deep.equal(assignment);
      }),
    );
  });

  it('moves no more than the newcomer gets when a member joins', () => {
    fc.assert(
      fc.property(someMembers('alike'), someTopics, (members, topics) => {
        const before = assignUniform(members, topics);
        const joined = new Map(holding(members, before)).set('x', memberOf('x', topics.keys()));
        const now = checked(assignUniform, joined, topics);
        expect(moved(before, now)).to.equal(sizeOf(now.get('x')!));
      }),
    );
  });

  it('moves only what a member had when it leaves', () => {
    fc.assert(
      fc.property(someMembers('alike'), someTopics, (members, topics) => {
        const before = assignUniform(members, topics);
        const rest = holding(members, before);
        rest.delete('m0');
        if (rest.size === 0) return;
        expect(moved(before, checked(assignUniform, rest, topics))).to.equal(sizeOf(before.get('m0')!));
      }),
    );
  });
});
