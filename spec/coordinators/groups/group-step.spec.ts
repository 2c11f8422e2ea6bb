import { expect } from 'chai';
import { loadConfig } from '../../../lib/config';
import type { ForeignGroup, Group } from '../../../lib/coordinators/groups/group';
import { stepGroup } from '../../../lib/coordinators/groups/group-step';
import type { CommitRequest } from '../../../lib/coordinators/groups/requests';
import type { Effect, GroupEvent, Step } from '../../../lib/coordinators/groups/step';
import { KafkaError } from '../../../lib/errors';
import { emptyImage } from '../../../lib/storage/metadata-image';
import { aCommit, aConsumerHeartbeat, aHeartbeat, aJoin, aSync } from '../../support/group-table';

const config = loadConfig({ 'group.initial.rebalance.delay.ms': 0 });
const world = { nowMs: 1000, config, image: emptyImage };
const ticket = { number: 1 };
const offset = { topic: 't', topicId: 'AAAAAAAAAAAAAAAAAAAAAA', partition: 0, offset: 5, leaderEpoch: 0, metadata: '' };
const share: ForeignGroup = { type: 'share', groupId: 'g', members: new Set() };

const step = (group: Group | null, event: GroupEvent) => stepGroup(group, 'g', event, world);
const join = (group: Group | null, change: Partial<typeof aJoin> = {}) =>
  step(group, { on: 'join', ticket, freshId: 'id', request: { ...aJoin, requiresKnownMemberId: false, ...change } });
const heartbeat = (group: Group | null, change: Partial<typeof aConsumerHeartbeat> = {}) => {
  const request = { ...aConsumerHeartbeat, memberId: 'm', subscribedTopicNames: ['t'], topicPartitions: [], ...change };
  return step(group, { on: 'consumerHeartbeat', ticket, freshId: 'id', request });
};
const commit = (group: Group | null, change: Partial<CommitRequest> = {}) =>
  step(group, { on: 'commit', ticket, request: { ...aCommit, offsets: [offset], ...change } });

/** Name of the error that a step answers with. */
function answered({ effects }: Step): string | undefined {
  for (const effect of effects) {
    if (effect.do !== 'answer') continue;
    const given = effect.answer as KafkaError | { error: KafkaError };
    return given instanceof KafkaError ? given.name : given.error.name;
  }
  return undefined;
}

/** Records of a step, tombstones with a minus. */
function written({ effects }: Step): string[] {
  const records = effects.flatMap((effect: Effect) => (effect.do === 'write' ? effect.records : []));
  return records.map(({ name, value }) => (value === null ? `-${name}` : name));
}

const classic = join(null).group!;
const consumer = heartbeat(null).group!;
const simple = commit(null).group!;
const left = heartbeat(consumer, { memberEpoch: -1 }).group!;

describe('stepGroup', () => {
  it('makes a group of the type that is asked for', () => {
    expect([classic.type, consumer.type, simple.type]).to.deep.equal(['classic', 'consumer', 'classic']);
    expect(simple).to.include({ state: 'Empty', protocolType: null });
  });

  it('makes none for those who only think that they know it', () => {
    const request = { ...aHeartbeat, memberId: 'm' };
    const steps = [
      join(null, { memberId: 'm' }),
      heartbeat(null, { memberEpoch: 4 }),
      step(null, { on: 'heartbeat', ticket, request }),
      step(null, { on: 'sync', ticket, request: aSync }),
      commit(null, { generationIdOrMemberEpoch: 1, memberId: 'm' }),
      commit(null, { generationIdOrMemberEpoch: 1, memberId: 'm', knowsMemberEpochs: false }),
      commit(null, { offsets: [] }),
    ];
    expect(steps.map(({ group }) => group)).to.deep.equal(steps.map(() => null));
    expect(steps.map(answered)).to.deep.equal([
      'UNKNOWN_MEMBER_ID',
      'GROUP_ID_NOT_FOUND',
      'UNKNOWN_MEMBER_ID',
      'UNKNOWN_MEMBER_ID',
      'GROUP_ID_NOT_FOUND',
      'ILLEGAL_GENERATION',
      'NONE',
    ]);
  });

  it('says of a group without a name that it has no members, whether anybody has committed to it or not', () => {
    const nameless = commit(null, { groupId: '' }).group;
    const members = [{ memberId: 'm', groupInstanceId: null, reason: null }];
    for (const group of [null, nameless]) {
      const steps = [
        join(group, { groupId: '' }),
        step(group, { on: 'heartbeat', ticket, request: { ...aHeartbeat, groupId: '' } }),
        step(group, { on: 'sync', ticket, request: { ...aSync, groupId: '' } }),
        step(group, { on: 'leave', ticket, request: { groupId: '', members } }),
      ];
      expect(steps.map(answered)).to.deep.equal(steps.map(() => 'INVALID_GROUP_ID'));
      for (const { group: after } of steps) expect(after).to.equal(group);
    }
  });

  it('answers each who wants to leave a group that is not there', () => {
    const members = [{ memberId: 'm', groupInstanceId: null, reason: null }];
    const { group, effects } = step(null, { on: 'leave', ticket, request: { groupId: 'g', members } });
    expect(group).to.equal(null);
    expect(effects).to.have.length(1);
  });

  it('writes the offsets that it takes, and nothing of those that it does not', () => {
    const taken = commit(simple, { offsets: [offset, { ...offset, partition: 1 }] });
    expect([answered(taken), written(taken)]).to.deep.equal(['NONE', ['OffsetCommit', 'OffsetCommit']]);
    for (const group of [classic, consumer]) {
      const refused = commit(group);
      expect(refused.group).to.equal(group);
      expect([answered(refused), written(refused)]).to.deep.equal(['UNKNOWN_MEMBER_ID', []]);
    }
  });

  it('keeps a group of which there are only offsets when somebody fails to join it', () => {
    const refused = join(simple, { memberId: 'unknown' });
    expect(answered(refused)).to.equal('UNKNOWN_MEMBER_ID');
    expect(refused.group).to.equal(simple);
  });

  it('makes an empty group one of the other type, and takes its records away first', () => {
    const consumers = heartbeat(simple);
    expect(consumers.group?.type).to.equal('consumer');
    expect(written(consumers)[0]).to.equal('-GroupMetadata');
    const classics = join(left);
    expect(classics.group?.type).to.equal('classic');
    expect(written(classics)).to.include('-ConsumerGroupMetadata');
    expect(written(classics).at(-1)).to.equal('GroupMetadata');
  });

  it('leaves an empty group as it is where nothing comes of it', () => {
    for (const [group, tried] of [
      [left, join(left, { memberId: 'unknown' })],
      [simple, heartbeat(simple, { memberEpoch: 7 })],
    ] as const) {
      expect(tried.group).to.equal(group);
      expect(written(tried)).to.deep.equal([]);
    }
  });

  it('does not let anybody into groups of other kinds', () => {
    const steps = [join(share), heartbeat(share), commit(share), step(share, { on: 'loaded' })];
    expect(steps.map(answered)).to.deep.equal([
      'INCONSISTENT_GROUP_PROTOCOL',
      'GROUP_ID_NOT_FOUND',
      'GROUP_ID_NOT_FOUND',
      undefined,
    ]);
    expect(steps.map(({ group }) => group)).to.deep.equal(steps.map(() => share));
  });

  it('asks nothing of a group that is gone when a timer fires late', () => {
    expect(step(null, { on: 'timer', timer: { kind: 'session', member: 'm' } })).to.deep.equal({
      group: null,
      effects: [],
    });
  });
});
