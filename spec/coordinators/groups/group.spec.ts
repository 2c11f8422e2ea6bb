import { expect } from 'chai';
import { type ClassicGroup, newClassicGroup } from '../../../lib/coordinators/groups/classic-group';
import { newConsumerGroup, newConsumerMember } from '../../../lib/coordinators/groups/consumer-group';
import {
  checkFetch,
  describeClassicGroup,
  describeConsumerGroup,
  type ForeignGroup,
  isEmptyGroup,
  listed,
  retentionBase,
  subscribesTo,
  tombstonesOf,
} from '../../../lib/coordinators/groups/group';
import { errors } from '../../../lib/errors';
import { emptyImage } from '../../../lib/storage/metadata-image';

const classic: ClassicGroup = newClassicGroup('g', 100);
const consumer = newConsumerGroup('g');
const live = { ...consumer, members: new Map([['m', newConsumerMember('m')]]) };
const share: ForeignGroup = { type: 'share', groupId: 's', members: new Set(['m']) };
const streams: ForeignGroup = { type: 'streams', groupId: 's', members: new Set() };
const committed = {
  offset: 1,
  leaderEpoch: 0,
  metadata: '',
  commitTimestampMs: 50,
  expireTimestampMs: -1,
  topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
};

describe('listed', () => {
  it('names type, protocol type and state as Kafka does', () => {
    const shown = [classic, { ...classic, protocolType: 'connect' }, consumer, share, streams].map((group) => {
      const { type, protocolType, state } = listed(group);
      return `${type} '${protocolType}' ${state}`;
    });
    expect(shown).to.deep.equal([
      "classic '' Empty",
      "classic 'connect' Empty",
      "consumer 'consumer' Empty",
      "share 'share' Stable",
      "streams 'streams' Empty",
    ]);
  });
});

describe('describeClassicGroup and describeConsumerGroup', () => {
  it('know their own type only', () => {
    for (const other of [null, consumer, share]) expect(describeClassicGroup(other)).to.equal(null);
    for (const other of [null, classic, share])
      expect(describeConsumerGroup(other, emptyImage, 'uniform')).to.equal(null);
    expect(describeClassicGroup(classic)?.groupId).to.equal('g');
    expect(describeConsumerGroup(consumer, emptyImage, 'range')?.assignorName).to.equal('range');
  });
});

describe('isEmptyGroup', () => {
  it('is one that nobody is in', () => {
    expect([classic, consumer, live, { ...classic, state: 'Stable' as const }].map(isEmptyGroup)).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('retentionBase', () => {
  const base = (change: Partial<ClassicGroup>) => retentionBase({ ...classic, ...change }, committed);

  it('is the commit, or when the members left, or nothing as long as they are there', () => {
    expect(base({})).to.equal(50);
    expect(base({ protocolType: 'consumer' })).to.equal(100);
    expect(base({ protocolType: 'consumer', stateSinceMs: -1 })).to.equal(50);
    expect(base({ protocolType: 'consumer', state: 'Stable' })).to.equal(50);
    expect(base({ protocolType: 'consumer', state: 'PreparingRebalance' })).to.equal(null);
    expect(base({ protocolType: 'connect', state: 'Stable' })).to.equal(null);
    expect([consumer, live].map((group) => retentionBase(group, committed))).to.deep.equal([50, 50]);
  });
});

describe('subscribesTo and checkFetch', () => {
  it('leave groups of other kinds alone', () => {
    expect(subscribesTo(share, 't')).to.equal(false);
    const request = { groupId: 'g', memberId: 'x', memberEpoch: 3, requireStable: false };
    expect([null, share, classic].map((group) => checkFetch(group, request))).to.deep.equal([null, null, null]);
    expect(checkFetch(live, request)?.is(errors.UNKNOWN_MEMBER_ID)).to.equal(true);
  });
});

describe('tombstonesOf', () => {
  it('take everything of a group away', () => {
    expect(tombstonesOf(classic).map(({ name }) => name)).to.deep.equal(['GroupMetadata']);
    const records = tombstonesOf(live);
    expect(records.map(({ name }) => name)).to.include.members([
      'ConsumerGroupMetadata',
      'ConsumerGroupMemberMetadata',
    ]);
    expect(records.every(({ value }) => value === null)).to.equal(true);
  });
});
