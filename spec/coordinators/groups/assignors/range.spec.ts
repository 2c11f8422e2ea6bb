import { expect } from 'chai';
import fc from 'fast-check';
import { assignRange } from '../../../../lib/coordinators/groups/assignors/range';
import {
  assignmentOf,
  checked,
  holding,
  memberOf,
  membersOf,
  shown,
  someMembers,
  someTopics,
  topicsOf,
} from '../../../support/assignors';

describe('assignRange', () => {
  it('gives the first members one more of each topic that cannot be shared evenly', () => {
    const members = membersOf(memberOf('c', ['t', 'u']), memberOf('a', ['t', 'u']), memberOf('b', ['t', 'u']));
    expect(shown(checked(assignRange, members, topicsOf({ t: 7, u: 2 })))).to.deep.equal({
      a: { t: [0, 1, 2], u: [0] },
      b: { t: [3, 4], u: [1] },
      c: { t: [5, 6] },
    });
  });

  it('puts members with an instance id first, by it', () => {
    const members = membersOf(
      memberOf('a', ['t']),
      memberOf('b', ['t'], { instanceId: 'y' }),
      memberOf('c', ['t'], { instanceId: 'x' }),
    );
    expect(shown(assignRange(members, topicsOf({ t: 3 })))).to.deep.equal({
      a: { t: [2] },
      b: { t: [1] },
      c: { t: [0] },
    });
  });

  it('shares a topic among those who subscribe to it', () => {
    const members = membersOf(memberOf('a', ['t']), memberOf('b', ['t', 'u']), memberOf('c', ['u', 'gone']));
    expect(shown(checked(assignRange, members, topicsOf({ t: 3, u: 3 })))).to.deep.equal({
      a: { t: [0, 1] },
      b: { t: [2], u: [0, 1] },
      c: { u: [2] },
    });
  });

  it('goes by order alone, whoever had what', () => {
    const members = membersOf(memberOf('a', ['t']), memberOf('b', ['t'], { assigned: assignmentOf({ t: [0] }) }));
    expect(shown(assignRange(members, topicsOf({ t: 2 })))).to.deep.equal({ a: { t: [0] }, b: { t: [1] } });
  });

  it('assigns each partition once, in ranges whose sizes differ by one at most', () => {
    fc.assert(
      fc.property(someMembers('mixed'), someTopics, (members, topics) => {
        const assigned = checked(assignRange, members, topics);
        for (const { id } of topics.values()) {
          const readers = [...members.values()].filter(({ topicIds }) => topicIds.has(id));
          const ranges = readers.map(({ memberId }) => assigned.get(memberId)!.get(id) ?? []);
          const sizes = ranges.map((range) => range.length);
          expect(Math.max(0, ...sizes) - Math.min(Infinity, ...sizes)).to.be.lessThan(2);
          for (const range of ranges) expect(range).to.deep.equal(range.map((_, i) => range[0]! + i));
        }
      }),
    );
  });

  it('gives members that subscribe alike the same numbers of topics of the same size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 30 }), (count, partitions) => {
        const members = Array.from({ length: count }, (_, i) => memberOf(`m${i}`, ['t', 'u']));
        const assigned = assignRange(membersOf(...members), topicsOf({ t: partitions, u: partitions }));
        for (const assignment of assigned.values()) expect(assignment.get('t')).to.deep.equal(assignment.get('u'));
      }),
    );
  });

  it('hands the same objects back when nothing changed', () => {
    fc.assert(
      fc.property(someMembers('mixed'), someTopics, (members, topics) => {
        const first = assignRange(members, topics);
        const second = assignRange(holding(members, first), new Map([...topics].reverse()));
        for (const [id, assignment] of first) expect(second.get(id)).to.equal(assignment);
      }),
    );
  });
});
