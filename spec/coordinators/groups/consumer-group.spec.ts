import { expect } from 'chai';
import {
  assignmentOf,
  isInLog,
  newConsumerGroup,
  newConsumerMember,
  staticMember,
  subscribedNames,
} from '../../../lib/coordinators/groups/consumer-group';

const group = newConsumerGroup('group');

describe('assignmentOf', () => {
  it('leaves the epochs out and gives partitions by number', () => {
    const epochs = (...partitions: number[]) => new Map(partitions.map((partition) => [partition, 7]));
    const assigned = new Map([
      ['b', epochs(10, 9, 0)],
      ['a', epochs(1)],
      ['none', epochs()],
    ]);
    expect([...assignmentOf(assigned)]).to.deep.equal([
      ['b', [0, 9, 10]],
      ['a', [1]],
      ['none', []],
    ]);
  });
});

describe('isInLog', () => {
  it('is true from the first member on, and stays so when the last one goes', () => {
    expect(isInLog(group)).to.equal(false);
    expect(isInLog({ ...group, members: new Map([['m', newConsumerMember('m')]]) })).to.equal(true);
    expect(isInLog({ ...group, groupEpoch: 2 })).to.equal(true);
  });
});

describe('subscribedNames', () => {
  it('sorts a copy, and leaves each name in it once', () => {
    const given = ['c', 'a', 'c', 'B', 'a'];
    expect(subscribedNames(given)).to.deep.equal(['B', 'a', 'c']);
    expect(given).to.deep.equal(['c', 'a', 'c', 'B', 'a']);
    expect(subscribedNames([])).to.deep.equal([]);
  });
});

describe('staticMember', () => {
  it('finds a member by its instance id', () => {
    const one = { ...newConsumerMember('m'), instanceId: 'i' };
    const members = new Map([
      ['other', newConsumerMember('other')],
      ['m', one],
    ]);
    expect(staticMember({ ...group, members }, 'i')).to.equal(one);
    expect(staticMember({ ...group, members }, 'j')).to.equal(undefined);
  });
});
