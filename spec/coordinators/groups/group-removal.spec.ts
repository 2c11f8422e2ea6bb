import { expect } from 'chai';
import { loadConfig } from '../../../lib/config';
import { type ClassicGroup, newClassicGroup } from '../../../lib/coordinators/groups/classic-group';
import { CommittedOffsets, offsetRecord } from '../../../lib/coordinators/groups/committed-offsets';
import { newConsumerGroup, newConsumerMember } from '../../../lib/coordinators/groups/consumer-group';
import type { ForeignGroup, Group } from '../../../lib/coordinators/groups/group';
import {
  deleteGroup,
  deleteOffsets,
  expire,
  forgetTopics,
  type Removal,
} from '../../../lib/coordinators/groups/group-removal';
import { errors } from '../../../lib/errors';
import { writeSubscription } from '../../../lib/protocol/consumer-protocol';
import { emptyImage } from '../../../lib/storage/metadata-image';
import { kafkaErrorOf } from '../../support/thrown';

const topicId = 'abcdefghijklmnopqrstug';
const config = loadConfig({ 'offsets.retention.minutes': 1 });
const share: ForeignGroup = { type: 'share', groupId: 'g', members: new Set() };

const empty = newClassicGroup('g', 0);
const member = {
  memberId: 'm',
  groupInstanceId: null,
  clientId: 'c',
  clientHost: '/h',
  sessionTimeoutMs: 1,
  rebalanceTimeoutMs: 1,
  protocols: [{ name: 'range', metadata: writeSubscription({ topics: ['read'], userData: null }, 0) }],
  assignment: Buffer.alloc(0),
  joining: null,
  syncing: null,
  hasSynced: true,
};
const live: ClassicGroup = {
  ...empty,
  state: 'Stable',
  protocolType: 'consumer',
  protocolName: 'range',
  leader: 'm',
  members: new Map([['m', member]]),
};
const consumers = newConsumerGroup('g');
const liveConsumers = {
  ...consumers,
  members: new Map([['m', { ...newConsumerMember('m'), subscribedTopicNames: ['read'] }]]),
};

/** Offsets of partition 0 of each topic, committed at a time. */
function committed(topics: Readonly<Record<string, number>>, retentionTimeMs = -1) {
  const offsets = new CommittedOffsets();
  for (const [topic, atMs] of Object.entries(topics)) {
    const one = { topic, topicId, partition: 0, offset: 1, leaderEpoch: 0, metadata: '' };
    offsets.apply(offsetRecord('g', one, atMs, retentionTimeMs));
  }
  return offsets.of('g');
}

/** What goes: topics of offsets, names of other records, and `group`. */
function gone({ records, removesGroup }: Removal): string[] {
  const shown = records.map(({ name, key, value }) => {
    expect(value).to.equal(null);
    return 'topic' in key ? key.topic : name;
  });
  return removesGroup ? [...shown, 'group'] : shown;
}

describe('deleteGroup', () => {
  const remove = (group: Group | null) => () => deleteGroup(group, 'g', committed({ a: 1, b: 2 }));

  it('takes the offsets and then the group', () => {
    expect(gone(remove(empty)())).to.deep.equal(['a', 'b', 'GroupMetadata', 'group']);
    expect(gone(remove(consumers)())).to.include.members(['a', 'b', 'ConsumerGroupMetadata', 'group']);
  });

  it('refuses groups that are not there, are of another kind, or have members', () => {
    for (const other of [null, share]) expect(kafkaErrorOf(remove(other)).is(errors.GROUP_ID_NOT_FOUND)).to.equal(true);
    for (const other of [live, liveConsumers])
      expect(kafkaErrorOf(remove(other)).is(errors.NON_EMPTY_GROUP)).to.equal(true);
  });
});

describe('deleteOffsets', () => {
  const remove = (group: Group | null, topics: string[]) =>
    deleteOffsets(
      group,
      'g',
      committed({ a: 1, read: 1 }),
      topics.map((topic) => ({ topic, partition: 0 })),
    );
  const shown = (group: Group | null, topics: string[]) => {
    const removal = remove(group, topics);
    return { gone: gone(removal), errors: removal.errors.map(({ name }) => name) };
  };

  it('takes what is there, and leaves what is read', () => {
    const kept = { gone: ['a'], errors: ['NONE', 'GROUP_SUBSCRIBED_TO_TOPIC', 'NONE'] };
    for (const group of [live, liveConsumers]) expect(shown(group, ['a', 'read', 'other'])).to.deep.equal(kept);
    expect(shown(empty, ['a', 'read', 'other'])).to.deep.equal({
      gone: ['a', 'read'],
      errors: ['NONE', 'NONE', 'NONE'],
    });
  });

  it('takes what is named very often once, and asks once what is read', () => {
    const names = Array.from({ length: 300 }, (_, i) => `s${i}`);
    const members = names.map((id) => [id, { ...newConsumerMember(id), subscribedTopicNames: names }] as const);
    const group = { ...consumers, members: new Map(members) };
    const begun = performance.now();
    const removal = remove(group, Array(100_000).fill('a'));
    expect(removal.records).to.have.length(1);
    expect(removal.errors).to.have.length(100_000);
    // Asking every member about every partition takes ten billion comparisons.
    expect(performance.now() - begun).to.be.below(1000);
  });

  it('refuses groups that are not there, and those whose members it cannot ask what they read', () => {
    const connect: ClassicGroup = { ...live, protocolType: 'connect' };
    const refusal = (group: Group | null) => kafkaErrorOf(() => remove(group, ['a'])).name;
    expect([null, share, connect].map(refusal)).to.deep.equal([
      'GROUP_ID_NOT_FOUND',
      'GROUP_ID_NOT_FOUND',
      'NON_EMPTY_GROUP',
    ]);
  });
});

describe('expire', () => {
  const minute = 60_000;
  const at = (nowMs: number, group: Group | null, offsets = committed({ a: 0, read: 0, late: minute })) =>
    gone(expire(group, 'g', offsets, { nowMs, config, image: emptyImage }));

  it('counts from the commit where there is no group that anybody joined', () => {
    expect(at(minute - 1, empty)).to.deep.equal([]);
    expect(at(minute, empty)).to.deep.equal(['a', 'read']);
    expect(at(2 * minute, empty)).to.deep.equal(['a', 'read', 'late', 'GroupMetadata', 'group']);
  });

  it('counts from when the group became empty', () => {
    const left: ClassicGroup = { ...empty, protocolType: 'consumer', stateSinceMs: 5 * minute };
    expect(at(6 * minute - 1, left)).to.deep.equal([]);
    expect(at(6 * minute, left)).to.deep.equal(['a', 'read', 'late', 'GroupMetadata', 'group']);
  });

  it('leaves what members read, and all of a group that is about to find out what they do', () => {
    for (const group of [live, liveConsumers]) expect(at(9 * minute, group)).to.deep.equal(['a', 'late']);
    expect(at(9 * minute, { ...live, state: 'PreparingRebalance' })).to.deep.equal([]);
    expect(at(9 * minute, { ...live, protocolType: 'connect' })).to.deep.equal([]);
  });

  it('keeps to what a client said when it committed', () => {
    const offsets = committed({ a: 0 }, 1000);
    expect(at(999, empty, offsets)).to.deep.equal([]);
    expect(at(1000, empty, offsets)).to.deep.equal(['a', 'GroupMetadata', 'group']);
    expect(at(1000, live, offsets)).to.deep.equal(['a']);
  });

  it('takes empty groups without offsets, but none of another kind', () => {
    expect(at(0, empty, committed({}))).to.deep.equal(['GroupMetadata', 'group']);
    expect(at(0, consumers, committed({}))).to.include('group');
    expect(at(0, share, committed({}))).to.deep.equal([]);
    expect(at(0, null, committed({}))).to.deep.equal([]);
  });
});

describe('forgetTopics', () => {
  it('takes the offsets of that topic, not those of a younger one of its name', () => {
    const offsets = committed({ a: 0, b: 0 });
    expect(gone(forgetTopics('g', offsets, new Map([['a', topicId]])))).to.deep.equal(['a']);
    expect(gone(forgetTopics('g', offsets, new Map([['a', 'another-id-of-22-chars']])))).to.deep.equal([]);
  });
});
