/**
 * What clients may get wrong about groups: each is told so by Kafka's own error code, and no group is any different
 * afterwards.
 *
 * MILLRACE_BOOTSTRAP may name a broker that is there already, Apache Kafka for one: the tables hold there too. What only
 * concerns our own memory, time and log is asked of a broker in this process.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { consumerGroupDescribe } from '../../lib/apis/consumer-group-describe';
import { consumerGroupHeartbeat } from '../../lib/apis/consumer-group-heartbeat';
import { deleteGroups } from '../../lib/apis/delete-groups';
import { describeGroups } from '../../lib/apis/describe-groups';
import { findCoordinator } from '../../lib/apis/find-coordinator';
import { heartbeat } from '../../lib/apis/heartbeat';
import { joinGroup } from '../../lib/apis/join-group';
import { leaveGroup } from '../../lib/apis/leave-group';
import { listGroups } from '../../lib/apis/list-groups';
import { offsetCommit } from '../../lib/apis/offset-commit';
import { offsetDelete } from '../../lib/apis/offset-delete';
import { offsetFetch } from '../../lib/apis/offset-fetch';
import { produce } from '../../lib/apis/produce';
import { syncGroup } from '../../lib/apis/sync-group';
import { coordinatorPartition } from '../../lib/coordinator-partition';
import { writeGroupRecord } from '../../lib/coordinators/groups/group-record-codec';
import { errorOf } from '../../lib/errors';
import { writeSubscription } from '../../lib/protocol/consumer-protocol';
import { buildBatch } from '../../lib/records/build';
import { type InProcess, openInProcess } from '../support/in-process';
import { Wire } from '../support/wire';
import { createTopic } from '../support/writing';

const run = Date.now().toString(36);
const topic = `groups-bad-input-${run}`;
const idOf = (name: string) => `${name}-${run}`;
/** Of a group that nobody could join Kafka keeps an empty one until its log is read again. */
const leftBehind = `${run}-left-behind`;
const noId = 'AAAAAAAAAAAAAAAAAAAAAA';
const nobodysId = 'AAAAAAAAAAAAAAAAAAAAAQ';
const subscription = writeSubscription({ topics: [topic], userData: null }, 1);

/** Name of the error behind a code. */
const nameOf = (code: number) => errorOf(code).name;

const config = { 'group.initial.rebalance.delay.ms': 0, listeners: 'PLAINTEXT://127.0.0.1:0' };

/** Groups that are there before anything goes wrong, and what is asked of them. */
class Groups {
  readonly wire: Wire;
  /** Id of the one member of a classic group of consumers, of one of connectors, and of one with an instance id. */
  classicMember = '';
  connectMember = '';
  staticMember = '';

  constructor(wire: Wire) {
    this.wire = wire;
  }

  async prepare(): Promise<void> {
    await this.untilReady();
    await createTopic(this.wire, topic, { partitions: 2 });
    this.classicMember = await this.stable('classic');
    this.connectMember = await this.stable('connect', 'connect');
    this.staticMember = await this.stable('static', 'consumer', 'one');
    for (let tries = 0; (await this.consumer({})) !== 'NONE' && tries < 50; tries++) await tick(100);
    expect(await this.commit({ groupId: idOf('simple') })).to.equal('NONE');
    expect(await this.commit({ ...this.classic, generationIdOrMemberEpoch: 1 })).to.equal('NONE');
  }

  get classic() {
    return { groupId: idOf('classic'), memberId: this.classicMember };
  }

  /** All that can be seen of the groups. */
  async seen() {
    const names = ['classic', 'connect', 'static', 'simple', 'consumer', 'nobody'].map(idOf);
    const described = await this.wire.request(describeGroups, 5, { groups: names, includeAuthorizedOperations: false });
    const consumers = await this.wire.request(consumerGroupDescribe, 1, {
      groupIds: [idOf('consumer')],
      includeAuthorizedOperations: false,
    });
    const offsets = await this.wire.request(offsetFetch, 8, {
      groups: names.map((groupId) => ({ groupId, topics: null })),
      requireStable: false,
    });
    const { groups: listed } = await this.wire.request(listGroups, 5, { statesFilter: [], typesFilter: [] });
    const mine = listed.filter(({ groupId }) => groupId.endsWith(run));
    return { described, consumers, offsets, listed: mine.sort((a, b) => a.groupId.localeCompare(b.groupId)) };
  }

  // ---- requests that are right but for what a spec puts in; each resolves with the name of its error

  async join(change: Partial<ReturnType<typeof aJoin>>, version = 9): Promise<string> {
    return nameOf((await this.wire.request(joinGroup, version, { ...aJoin(), ...change })).errorCode);
  }

  async sync(change: Partial<ReturnType<typeof aSync>>): Promise<string> {
    return nameOf((await this.wire.request(syncGroup, 5, { ...aSync(), ...this.classic, ...change })).errorCode);
  }

  async heartbeat(change: Partial<ReturnType<typeof aHeartbeat>>): Promise<string> {
    return nameOf((await this.wire.request(heartbeat, 4, { ...aHeartbeat(), ...this.classic, ...change })).errorCode);
  }

  async leave(member: { memberId?: string; groupInstanceId?: string }, groupId = idOf('classic')): Promise<string> {
    const one = { memberId: '', groupInstanceId: null, reason: null, ...member };
    const { errorCode, members } = await this.wire.request(leaveGroup, 5, { groupId, members: [one] });
    return nameOf(errorCode || members[0]!.errorCode);
  }

  async commit(change: Partial<ReturnType<typeof aCommit>>, version = 9): Promise<string> {
    const answer = await this.wire.request(offsetCommit, version, { ...aCommit(), ...change });
    return [...new Set(answer.topics.flatMap(({ partitions }) => partitions.map((row) => row.errorCode)))]
      .map(nameOf)
      .join();
  }

  async consumer(change: Partial<ReturnType<typeof aConsumer>>, version = 1): Promise<string> {
    const answer = await this.wire.request(consumerGroupHeartbeat, version, { ...aConsumer(), ...change });
    return nameOf(answer.errorCode);
  }

  async fetch(memberId: string | null, memberEpoch: number): Promise<string> {
    const groups = [{ groupId: idOf('consumer'), memberId, memberEpoch, topics: null }];
    return nameOf((await this.wire.request(offsetFetch, 9, { groups, requireStable: false })).groups[0]!.errorCode);
  }

  async describe(groupId: string): Promise<string> {
    const request = { groupIds: [groupId], includeAuthorizedOperations: false };
    return nameOf((await this.wire.request(consumerGroupDescribe, 1, request)).groups[0]!.errorCode);
  }

  async delete(groupId: string): Promise<string> {
    return nameOf((await this.wire.request(deleteGroups, 2, { groupsNames: [groupId] })).results[0]!.errorCode);
  }

  async deleteOffset(groupId: string, name = topic, partitionIndex = 0): Promise<string> {
    const topics = [{ name, partitions: [{ partitionIndex }] }];
    const { errorCode, topics: rows } = await this.wire.request(offsetDelete, 0, { groupId, topics });
    return nameOf(errorCode || rows[0]!.partitions[0]!.errorCode);
  }

  async find(keyType: number): Promise<string> {
    const { coordinators } = await this.wire.request(findCoordinator, 6, { keyType, coordinatorKeys: ['x'] });
    return nameOf(coordinators[0]!.errorCode);
  }

  /** Waits until the broker looks after groups: Kafka makes their topic behind the first answer. */
  async untilReady(): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      const listed = await this.wire.request(listGroups, 5, { statesFilter: [], typesFilter: [] });
      if ((await this.find(0)) === 'NONE' && listed.errorCode === 0 && (await this.join({})) === 'MEMBER_ID_REQUIRED')
        return;
      await tick(100);
    }
  }

  /** Makes a group with one member, and resolves with the member's id. */
  private async stable(name: string, protocolType = 'consumer', groupInstanceId: string | null = null) {
    const groupId = idOf(name);
    const first = { ...aJoin(), groupId, protocolType, groupInstanceId };
    let { memberId, errorCode, generationId } = await this.wire.request(joinGroup, 9, first);
    if (nameOf(errorCode) === 'MEMBER_ID_REQUIRED')
      ({ memberId, errorCode, generationId } = await this.wire.request(joinGroup, 9, { ...first, memberId }));
    const assignments = [{ memberId, assignment: Buffer.from('all') }];
    const synced = { ...aSync(), groupId, memberId, protocolType, groupInstanceId, generationId, assignments };
    const answer = await this.wire.request(syncGroup, 5, synced);
    expect([errorCode, generationId, answer.errorCode]).to.deep.equal([0, 1, 0]);
    return memberId;
  }
}

const tick = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function aJoin() {
  return {
    groupId: idOf('warm-up'),
    sessionTimeoutMs: 60_000,
    rebalanceTimeoutMs: 60_000,
    memberId: '',
    groupInstanceId: null as string | null,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: subscription }],
    reason: null,
  };
}

function aSync() {
  return {
    groupId: '',
    generationId: 1,
    memberId: '',
    groupInstanceId: null as string | null,
    protocolType: 'consumer' as string | null,
    protocolName: 'range' as string | null,
    assignments: [] as { memberId: string; assignment: Buffer }[],
  };
}

function aHeartbeat() {
  return { groupId: '', generationId: 1, memberId: '', groupInstanceId: null as string | null };
}

function aCommit() {
  const partitions = [{ partitionIndex: 0, committedOffset: 7, committedLeaderEpoch: -1, committedMetadata: 'here' }];
  return {
    groupId: idOf('nobody'),
    generationIdOrMemberEpoch: -1,
    memberId: '',
    groupInstanceId: null as string | null,
    retentionTimeMs: -1,
    topics: [{ name: topic, topicId: noId, partitions }],
  };
}

/** A commit of the one partition, changed. */
function committing(change: Partial<ReturnType<typeof aCommit>['topics'][0]['partitions'][0]>) {
  const [{ partitions, ...rest }] = aCommit().topics as [ReturnType<typeof aCommit>['topics'][0]];
  return { groupId: idOf('simple'), topics: [{ ...rest, partitions: [{ ...partitions[0]!, ...change }] }] };
}

function aConsumer() {
  return {
    groupId: idOf('consumer'),
    memberId: 'm',
    memberEpoch: 0,
    instanceId: null as string | null,
    rackId: null as string | null,
    rebalanceTimeoutMs: 60_000,
    subscribedTopicNames: [topic] as string[] | null,
    subscribedTopicRegex: null as string | null,
    serverAssignor: null as string | null,
    topicPartitions: [] as { topicId: string; partitions: number[] }[] | null,
  };
}

const other = [{ name: 'other', metadata: subscription }];

/** What is wrong, how it is asked, and the error that it gets. */
type Case = readonly [what: string, ask: (groups: Groups) => Promise<string>, error: string];

const tables: Readonly<Record<string, readonly Case[]>> = {
  JoinGroup: [
    ['a group without a name', (g) => g.join({ groupId: '' }), 'INVALID_GROUP_ID'],
    ['a session that is too short', (g) => g.join({ sessionTimeoutMs: 1 }), 'INVALID_SESSION_TIMEOUT'],
    ['a session that is too long', (g) => g.join({ sessionTimeoutMs: 2 ** 31 - 1 }), 'INVALID_SESSION_TIMEOUT'],
    ['a session below zero', (g) => g.join({ sessionTimeoutMs: -1 }), 'INVALID_SESSION_TIMEOUT'],
    ['nobody', (g) => g.join({ groupId: idOf('classic'), memberId: 'nobody' }), 'UNKNOWN_MEMBER_ID'],
    ['nobody of no group', (g) => g.join({ groupId: idOf('nobody'), memberId: 'm' }), 'UNKNOWN_MEMBER_ID'],
    ['the instance of nobody', (g) => g.join({ ...g.classic, groupInstanceId: 'nobody' }), 'UNKNOWN_MEMBER_ID'],
    [
      'the instance of another',
      (g) => g.join({ groupId: idOf('static'), memberId: 'other', groupInstanceId: 'one' }),
      'FENCED_INSTANCE_ID',
    ],
    [
      'another protocol type',
      (g) => g.join({ groupId: idOf('classic'), protocolType: 'connect' }),
      'INCONSISTENT_GROUP_PROTOCOL',
    ],
    [
      'another protocol type of a member',
      (g) => g.join({ ...g.classic, protocolType: 'connect' }),
      'INCONSISTENT_GROUP_PROTOCOL',
    ],
    [
      'consumers to connectors',
      (g) => g.join({ groupId: idOf('connect'), memberId: g.connectMember }),
      'INCONSISTENT_GROUP_PROTOCOL',
    ],
    [
      'no protocol that all have',
      (g) => g.join({ groupId: idOf('classic'), protocols: other }),
      'INCONSISTENT_GROUP_PROTOCOL',
    ],
    ['no protocol', (g) => g.join({ groupId: leftBehind, protocols: [] }), 'INCONSISTENT_GROUP_PROTOCOL'],
    ['no protocol type', (g) => g.join({ groupId: leftBehind, protocolType: '' }), 'INCONSISTENT_GROUP_PROTOCOL'],
    [
      'connectors to consumers of KIP-848',
      (g) => g.join({ groupId: idOf('consumer'), protocolType: 'connect' }),
      'INCONSISTENT_GROUP_PROTOCOL',
    ],
  ],
  SyncGroup: [
    ['a group without a name', (g) => g.sync({ groupId: '' }), 'INVALID_GROUP_ID'],
    ['a group that is not there', (g) => g.sync({ groupId: idOf('nobody') }), 'UNKNOWN_MEMBER_ID'],
    ['nobody', (g) => g.sync({ memberId: 'nobody' }), 'UNKNOWN_MEMBER_ID'],
    ['an old generation', (g) => g.sync({ generationId: 0 }), 'ILLEGAL_GENERATION'],
    ['a generation to come', (g) => g.sync({ generationId: 2 ** 31 - 1 }), 'ILLEGAL_GENERATION'],
    ['another protocol type', (g) => g.sync({ protocolType: 'connect' }), 'INCONSISTENT_GROUP_PROTOCOL'],
    ['another protocol', (g) => g.sync({ protocolName: 'other' }), 'INCONSISTENT_GROUP_PROTOCOL'],
    ['no protocol type', (g) => g.sync({ protocolType: null }), 'INCONSISTENT_GROUP_PROTOCOL'],
    ['no protocol', (g) => g.sync({ protocolName: null }), 'INCONSISTENT_GROUP_PROTOCOL'],
    ['the instance of nobody', (g) => g.sync({ groupInstanceId: 'nobody' }), 'UNKNOWN_MEMBER_ID'],
    [
      'the instance of another',
      (g) => g.sync({ groupId: idOf('static'), groupInstanceId: 'one' }),
      'FENCED_INSTANCE_ID',
    ],
    ['a member of KIP-848', (g) => g.sync({ groupId: idOf('consumer'), memberId: 'm' }), 'UNKNOWN_MEMBER_ID'],
  ],
  Heartbeat: [
    ['a group without a name', (g) => g.heartbeat({ groupId: '' }), 'INVALID_GROUP_ID'],
    ['a group that is not there', (g) => g.heartbeat({ groupId: idOf('nobody') }), 'UNKNOWN_MEMBER_ID'],
    ['a group of nobody', (g) => g.heartbeat({ groupId: idOf('simple') }), 'UNKNOWN_MEMBER_ID'],
    ['nobody', (g) => g.heartbeat({ memberId: 'nobody' }), 'UNKNOWN_MEMBER_ID'],
    ['an old generation', (g) => g.heartbeat({ generationId: -1 }), 'ILLEGAL_GENERATION'],
    ['a generation to come', (g) => g.heartbeat({ generationId: 2 }), 'ILLEGAL_GENERATION'],
    [
      'the instance of another',
      (g) => g.heartbeat({ groupId: idOf('static'), groupInstanceId: 'one' }),
      'FENCED_INSTANCE_ID',
    ],
    ['a member of KIP-848', (g) => g.heartbeat({ groupId: idOf('consumer'), memberId: 'm' }), 'UNKNOWN_MEMBER_ID'],
  ],
  LeaveGroup: [
    ['a group without a name', (g) => g.leave({ memberId: 'm' }, ''), 'INVALID_GROUP_ID'],
    ['a group that is not there', (g) => g.leave({ memberId: 'm' }, idOf('nobody')), 'UNKNOWN_MEMBER_ID'],
    ['nobody', (g) => g.leave({ memberId: 'nobody' }), 'UNKNOWN_MEMBER_ID'],
    ['no name at all', (g) => g.leave({}), 'UNKNOWN_MEMBER_ID'],
    ['the instance of nobody', (g) => g.leave({ groupInstanceId: 'nobody' }), 'UNKNOWN_MEMBER_ID'],
    [
      'the instance of another',
      (g) => g.leave({ memberId: 'other', groupInstanceId: 'one' }, idOf('static')),
      'FENCED_INSTANCE_ID',
    ],
    ['nobody of KIP-848', (g) => g.leave({ memberId: 'nobody' }, idOf('consumer')), 'UNKNOWN_MEMBER_ID'],
  ],
  OffsetCommit: [
    [
      'a generation of no group',
      (g) => g.commit({ generationIdOrMemberEpoch: 1, memberId: 'm' }),
      'GROUP_ID_NOT_FOUND',
    ],
    [
      'a generation of no group, before version 9',
      (g) => g.commit({ generationIdOrMemberEpoch: 1, memberId: 'm' }, 8),
      'ILLEGAL_GENERATION',
    ],
    ['nobody', (g) => g.commit({ groupId: idOf('classic'), memberId: 'nobody' }), 'UNKNOWN_MEMBER_ID'],
    ['nobody in particular', (g) => g.commit({ groupId: idOf('classic') }), 'UNKNOWN_MEMBER_ID'],
    ['an old generation', (g) => g.commit({ ...g.classic, generationIdOrMemberEpoch: 0 }), 'ILLEGAL_GENERATION'],
    ['no generation', (g) => g.commit(g.classic), 'ILLEGAL_GENERATION'],
    [
      'the instance of another',
      (g) => g.commit({ groupId: idOf('static'), groupInstanceId: 'one', generationIdOrMemberEpoch: 1 }),
      'FENCED_INSTANCE_ID',
    ],
    [
      'a member epoch that is over',
      (g) => g.commit({ groupId: idOf('consumer'), memberId: 'm', generationIdOrMemberEpoch: 1 }),
      'STALE_MEMBER_EPOCH',
    ],
    [
      'a member epoch to come',
      (g) => g.commit({ groupId: idOf('consumer'), memberId: 'm', generationIdOrMemberEpoch: 3 }),
      'STALE_MEMBER_EPOCH',
    ],
    [
      'a member epoch, before version 9',
      (g) => g.commit({ groupId: idOf('consumer'), memberId: 'm', generationIdOrMemberEpoch: 2 }, 8),
      'UNSUPPORTED_VERSION',
    ],
    [
      'nobody of KIP-848',
      (g) => g.commit({ groupId: idOf('consumer'), memberId: 'nobody', generationIdOrMemberEpoch: 2 }),
      'UNKNOWN_MEMBER_ID',
    ],
    ['a partition that is not there', (g) => g.commit(committing({ partitionIndex: 2 })), 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['a partition below zero', (g) => g.commit(committing({ partitionIndex: -1 })), 'UNKNOWN_TOPIC_OR_PARTITION'],
    [
      'a topic that is not there',
      (g) => g.commit({ topics: [{ ...aCommit().topics[0]!, name: idOf('nothing') }] }),
      'UNKNOWN_TOPIC_OR_PARTITION',
    ],
    [
      'a topic that cannot be',
      (g) => g.commit({ topics: [{ ...aCommit().topics[0]!, name: '../etc' }] }),
      'UNKNOWN_TOPIC_OR_PARTITION',
    ],
    [
      'an id that no topic has',
      (g) => g.commit({ topics: [{ ...aCommit().topics[0]!, topicId: nobodysId }] }, 10),
      'UNKNOWN_TOPIC_ID',
    ],
    [
      'metadata over the limit',
      (g) => g.commit(committing({ committedMetadata: 'x'.repeat(4097) })),
      'OFFSET_METADATA_TOO_LARGE',
    ],
    [
      'more than one batch can hold',
      (g) => {
        const [topicRow] = aCommit().topics;
        const [partition] = committing({ committedMetadata: 'x'.repeat(4096) }).topics[0]!.partitions;
        return g.commit({ topics: [{ ...topicRow!, partitions: Array(300).fill(partition) }] });
      },
      'UNKNOWN_SERVER_ERROR',
    ],
  ],
  OffsetFetch: [
    ['nobody', (g) => g.fetch('nobody', 2), 'UNKNOWN_MEMBER_ID'],
    ['nobody in particular with an epoch', (g) => g.fetch('', 2), 'UNKNOWN_MEMBER_ID'],
    ['a member epoch that is over', (g) => g.fetch('m', 1), 'STALE_MEMBER_EPOCH'],
    ['a member without its epoch', (g) => g.fetch('m', -1), 'STALE_MEMBER_EPOCH'],
  ],
  OffsetDelete: [
    ['a group without a name', (g) => g.deleteOffset(''), 'INVALID_GROUP_ID'],
    ['a group that is not there', (g) => g.deleteOffset(idOf('nobody')), 'GROUP_ID_NOT_FOUND'],
    ['what members read', (g) => g.deleteOffset(idOf('classic')), 'GROUP_SUBSCRIBED_TO_TOPIC'],
    ['what members of KIP-848 read', (g) => g.deleteOffset(idOf('consumer')), 'GROUP_SUBSCRIBED_TO_TOPIC'],
    ['what connectors may read', (g) => g.deleteOffset(idOf('connect')), 'NON_EMPTY_GROUP'],
    ['a topic that is not there', (g) => g.deleteOffset(idOf('simple'), idOf('no')), 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['a partition below zero', (g) => g.deleteOffset(idOf('simple'), topic, -1), 'UNKNOWN_TOPIC_OR_PARTITION'],
  ],
  DeleteGroups: [
    ['a group without a name', (g) => g.delete(''), 'GROUP_ID_NOT_FOUND'],
    ['a group that is not there', (g) => g.delete(idOf('nobody')), 'GROUP_ID_NOT_FOUND'],
    ['a group with members', (g) => g.delete(idOf('classic')), 'NON_EMPTY_GROUP'],
    ['a group with members of KIP-848', (g) => g.delete(idOf('consumer')), 'NON_EMPTY_GROUP'],
  ],
  ConsumerGroupHeartbeat: [
    ['a group without a name', (g) => g.consumer({ groupId: '' }), 'INVALID_REQUEST'],
    ['a name of spaces', (g) => g.consumer({ groupId: ' \t' }), 'INVALID_REQUEST'],
    ['a name of control characters', (g) => g.consumer({ groupId: '\u0001' }), 'INVALID_REQUEST'],
    ['no member id', (g) => g.consumer({ memberId: '' }), 'INVALID_REQUEST'],
    [
      'no member id with an epoch, in version 0',
      (g) => g.consumer({ memberId: '', memberEpoch: 2 }, 0),
      'INVALID_REQUEST',
    ],
    ['an instance without a name', (g) => g.consumer({ instanceId: '' }), 'INVALID_REQUEST'],
    ['a rack without a name', (g) => g.consumer({ rackId: '' }), 'INVALID_REQUEST'],
    ['an epoch below all', (g) => g.consumer({ memberEpoch: -3 }), 'INVALID_REQUEST'],
    ['to leave for a while without an instance', (g) => g.consumer({ memberEpoch: -2 }), 'INVALID_REQUEST'],
    ['to join without a rebalance timeout', (g) => g.consumer({ rebalanceTimeoutMs: -1 }), 'INVALID_REQUEST'],
    ['to join without saying what it owns', (g) => g.consumer({ topicPartitions: null }), 'INVALID_REQUEST'],
    [
      'to join with partitions',
      (g) => g.consumer({ topicPartitions: [{ topicId: nobodysId, partitions: [0] }] }),
      'INVALID_REQUEST',
    ],
    ['to join without a subscription', (g) => g.consumer({ subscribedTopicNames: null }), 'INVALID_REQUEST'],
    ['an assignor that is not there', (g) => g.consumer({ serverAssignor: 'mine' }), 'UNSUPPORTED_ASSIGNOR'],
    [
      'an expression that is none',
      (g) => g.consumer({ memberId: 'other', subscribedTopicNames: null, subscribedTopicRegex: '(' }),
      'INVALID_REGULAR_EXPRESSION',
    ],
    ['an epoch of no group', (g) => g.consumer({ groupId: idOf('nobody'), memberEpoch: 2 }), 'GROUP_ID_NOT_FOUND'],
    ['to leave no group', (g) => g.consumer({ groupId: idOf('nobody'), memberEpoch: -1 }), 'GROUP_ID_NOT_FOUND'],
    ['nobody', (g) => g.consumer({ memberId: 'nobody', memberEpoch: 2 }), 'UNKNOWN_MEMBER_ID'],
    ['nobody who leaves', (g) => g.consumer({ memberId: 'nobody', memberEpoch: -1 }), 'UNKNOWN_MEMBER_ID'],
    ['the instance of nobody', (g) => g.consumer({ instanceId: 'nobody', memberEpoch: 2 }), 'UNKNOWN_MEMBER_ID'],
    ['an epoch to come', (g) => g.consumer({ memberEpoch: 9 }), 'FENCED_MEMBER_EPOCH'],
    ['an epoch that is over', (g) => g.consumer({ memberEpoch: 1, topicPartitions: null }), 'FENCED_MEMBER_EPOCH'],
    [
      'more names than a record can hold',
      (g) => {
        const names = Array.from({ length: 5000 }, (_, i) => `${i}-${'x'.repeat(240)}`);
        return g.consumer({ memberId: 'other', subscribedTopicNames: names });
      },
      'UNKNOWN_SERVER_ERROR',
    ],
    ['a group of connectors', (g) => g.consumer({ groupId: idOf('connect') }), 'GROUP_ID_NOT_FOUND'],
    ['a generation of a classic group', (g) => g.consumer({ ...g.classic, memberEpoch: 1 }), 'GROUP_ID_NOT_FOUND'],
  ],
  ConsumerGroupDescribe: [
    ['a group without a name', (g) => g.describe(''), 'INVALID_GROUP_ID'],
    ['a group that is not there', (g) => g.describe(idOf('nobody')), 'GROUP_ID_NOT_FOUND'],
    ['a classic group', (g) => g.describe(idOf('classic')), 'GROUP_ID_NOT_FOUND'],
  ],
  FindCoordinator: [['a kind of key that is not there', (g) => g.find(7), 'INVALID_REQUEST']],
};

describe('bad input to groups', function () {
  this.timeout(60_000);
  const bootstrap = process.env['MILLRACE_BOOTSTRAP'];
  let dir: string;
  let broker: InProcess | null = null;
  let groups: Groups;

  before(async () => {
    dir = await mkdtemp(path(tmpdir(), 'millrace-'));
    if (bootstrap === undefined)
      broker = await openInProcess({ config: { ...config, 'log.dirs': dir }, scheduler: asyncScheduler });
    groups = new Groups(broker === null ? await Wire.connect(bootstrap!) : broker.connect());
    await groups.prepare();
  });
  after(async () => {
    groups?.wire.close();
    await broker?.close();
    await rm(dir, { recursive: true, force: true });
  });

  for (const [api, cases] of Object.entries(tables)) {
    describe(api, () => {
      for (const [what, ask, error] of cases)
        it(`refuses ${what}: ${error}`, async () => {
          const before = await groups.seen();
          expect(await ask(groups)).to.equal(error);
          expect(await groups.seen()).to.deep.equal(before);
          const bugs = broker?.logged.filter(({ level }) => Number(level) >= 50) ?? [];
          expect(bugs).to.deep.equal([]);
        });
    });
  }

  it('leaves no group behind that nobody could join', async function () {
    if (broker === null) this.skip();
    const { groups: listed } = await groups.wire.request(listGroups, 5, { statesFilter: [], typesFilter: [] });
    expect(listed.map(({ groupId }) => groupId)).not.to.include(leftBehind);
  });

  it('takes what cannot be decoded from members whose metadata are their own', async () => {
    const groupId = idOf('opaque');
    const metadata = Buffer.from('x');
    const first = { ...aJoin(), groupId, protocols: [{ name: 'range', metadata }] };
    const { memberId } = await groups.wire.request(joinGroup, 9, first);
    const { members } = await groups.wire.request(joinGroup, 9, { ...first, memberId });
    expect(members.map((member) => member.metadata.equals(metadata))).to.deep.equal([true]);
    const assignments = [{ memberId, assignment: Buffer.from('all') }];
    expect(await groups.sync({ groupId, memberId, assignments })).to.equal('NONE');
    // Nobody can know what it reads, so it does not become a consumer group, and keeps its offsets.
    expect(await groups.consumer({ groupId })).to.equal('GROUP_ID_NOT_FOUND');
    expect(await groups.commit({ groupId, memberId, generationIdOrMemberEpoch: 1 })).to.equal('NONE');
    expect(await groups.deleteOffset(groupId)).to.equal('GROUP_SUBSCRIBED_TO_TOPIC');
    expect(await groups.heartbeat({ groupId, memberId })).to.equal('NONE');
  });

  it('takes names of any letters and of any length that can be written', async () => {
    for (const groupId of [`Gruß 🐘 ${run}`, `${run}${'x'.repeat(32_767 - run.length)}`, `../${run}`, `%s\n${run}`]) {
      expect(await groups.commit({ groupId })).to.equal('NONE');
      const asked = { groups: [{ groupId, topics: null }], requireStable: false };
      const [row] = (await groups.wire.request(offsetFetch, 8, asked)).groups;
      expect([row!.groupId, row!.topics.length]).to.deep.equal([groupId, 1]);
    }
  });

  it('takes offsets and retention times that no log and no clock will reach', async () => {
    const long = (2n ** 63n - 1n) as unknown;
    const retentionTimeMs = long as number;
    expect(await groups.commit({ groupId: idOf('far'), retentionTimeMs }, 2)).to.equal('NONE');
    const committedOffset = long as number;
    expect(await groups.commit({ ...committing({ committedOffset }), groupId: idOf('far') })).to.equal('NONE');
    const asked = { groups: [{ groupId: idOf('far'), topics: null }], requireStable: false };
    const [row] = (await groups.wire.request(offsetFetch, 8, asked)).groups;
    expect(row!.topics[0]!.partitions[0]!.committedOffset).to.equal(long);
  });
});

describe('bad records in __consumer_offsets', function () {
  this.timeout(20_000);
  let dir: string;
  let broker: InProcess;

  const open = () => openInProcess({ config: { ...config, 'log.dirs': dir }, scheduler: asyncScheduler });
  before(async () => {
    dir = await mkdtemp(path(tmpdir(), 'millrace-'));
    broker = await open();
  });
  after(async () => {
    await broker?.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('are skipped with a line that says where, and nothing else is lost', async () => {
    const groups = new Groups(broker.connect());
    await groups.untilReady();
    await createTopic(groups.wire, topic, { partitions: 2 });
    const groupId = idOf('simple');
    expect(await groups.commit({ groupId })).to.equal('NONE');
    const key = { group: groupId, topic, partition: 1 };
    const far: unknown = 2n ** 62n;
    const value = { offset: 9, metadata: '', commitTimestamp: far as number, leaderEpoch: 0, topicId: noId };
    const records = [
      { key: Buffer.from('00010005', 'hex'), value: Buffer.from('x') },
      { key: Buffer.from('0002000167', 'hex'), value: Buffer.from('00ff', 'hex') },
      { key: Buffer.from('7fff', 'hex'), value: Buffer.from('of a type to come') },
      writeGroupRecord({ name: 'OffsetCommit', key, value }),
    ];
    const partition = coordinatorPartition(groupId, 50);
    const partitionData = [{ index: partition, records: buildBatch(records, { timestamp: Date.now() }) }];
    const written = await groups.wire.request(
      produce,
      9,
      { acks: -1, timeoutMs: 5000, topicData: [{ name: '__consumer_offsets', topicId: noId, partitionData }] },
      '__admin_client',
    );
    const { errorCode, baseOffset } = written.responses[0]!.partitionResponses[0]!;
    expect(errorCode).to.equal(0);

    await broker.close();
    broker = await open();
    const again = new Groups(broker.connect());
    await again.untilReady();
    const asked = { groups: [{ groupId, topics: null }], requireStable: false };
    const [row] = (await again.wire.request(offsetFetch, 8, asked)).groups;
    const committed = row!.topics[0]!.partitions.map((one) => [one.partitionIndex, one.committedOffset]);
    expect(committed).to.deep.equal([
      [0, 7],
      [1, 9],
    ]);
    const lines = broker.logged.map(({ msg }) => String(msg)).filter((line) => line.startsWith('skipped'));
    const at = (offset: number) =>
      `skipped a record of __consumer_offsets-${partition} at offset ${offset} that cannot`;
    expect(lines.map((line) => line.split(' be read: ')[0])).to.deep.equal([0, 1].map((i) => at(baseOffset + i)));
    expect(await again.commit({ groupId })).to.equal('NONE');
    expect(await again.delete(groupId)).to.equal('NONE');
  });
});
