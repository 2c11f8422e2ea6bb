import { expect } from 'chai';
import { groupIdOf, groupRecords } from '../../../lib/coordinators/groups/group-records';

describe('groupRecords', () => {
  it('have a type each, and are written in a version that they know', () => {
    const all = Object.values(groupRecords);
    expect(new Set(all.map(({ type }) => type)).size).to.equal(all.length);
    for (const { version, maxVersion } of all) expect(version).to.be.within(0, maxVersion);
  });
});

describe('groupIdOf', () => {
  it('finds the group in keys of both spellings', () => {
    expect(groupIdOf({ group: 'a', topic: 't', partition: 0 })).to.equal('a');
    expect(groupIdOf({ groupId: 'b', memberId: 'm' })).to.equal('b');
  });
});
