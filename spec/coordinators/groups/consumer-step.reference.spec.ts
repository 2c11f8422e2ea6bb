/**
 * Consumer groups against Apache Kafka 4.3.1: what it wrote to `__consumer_offsets` while its groups lived (the
 * `groups` reference directory), and what we write when the same happens.
 */
import { expect } from 'chai';
import { foldConsumer } from '../../../lib/coordinators/groups/consumer-fold';
import { consumerGroupState, describeConsumer } from '../../../lib/coordinators/groups/consumer-queries';
import { readGroupRecord } from '../../../lib/coordinators/groups/group-record-codec';
import type { GroupRecord } from '../../../lib/coordinators/groups/group-records';
import { ConsumerTable } from '../../support/consumer-table';
import { imageAfter, topicRecords } from '../../support/metadata';
import { type ManifestBytes, readManifest } from '../../support/reference-logdirs';

const topicId = 'CYFE-373RWC7BHoCMRa0pA';
const image = imageAfter(
  ...topicRecords('groups.t', topicId, 6),
  ...topicRecords('groups.u', 'v7ATnsKtR_6BxrtOM1nXqQ', 2),
);

interface Written {
  readonly timestampMs: number;
  readonly record: GroupRecord;
}

function bytesOf(bytes: ManifestBytes): Buffer | null {
  if (bytes === null) return null;
  if (!('hex' in bytes)) throw new Error('only hexadecimal bytes can be read');
  return Buffer.from(bytes.hex, 'hex');
}

/** What Kafka wrote of a consumer group, in its order. */
function writtenOf(groupId: string): Written[] {
  const { partitions } = readManifest('groups').served.topics['__consumer_offsets']!;
  const written: Written[] = [];
  for (const { records } of partitions)
    for (const { key, value, timestamp } of records) {
      const record = readGroupRecord({ key: bytesOf(key), value: bytesOf(value) });
      if (record?.name.startsWith('Consumer') && 'groupId' in record.key && record.key.groupId === groupId)
        written.push({ timestampMs: timestamp, record });
    }
  return written;
}

const foldOf = (groupId: string) =>
  foldConsumer(
    null,
    writtenOf(groupId).map(({ record }) => record),
  )!;

describe('foldConsumer', () => {
  it('makes of the records of Kafka what Kafka made of them', () => {
    const states: Record<string, string> = {
      'consumer-empty': 'Empty 3/2',
      'consumer-live': 'Stable 3/3',
      'consumer-range-live': 'Stable 2/2',
      'consumer-regex-live': 'Stable 2/2',
      'consumer-static-away': 'Reconciling 2/2',
      'consumer-static-live': 'Stable 2/2',
      converted: 'Empty 3/2',
    };
    for (const [groupId, expected] of Object.entries(states)) {
      const group = foldOf(groupId);
      expect(`${consumerGroupState(group)} ${group.groupEpoch}/${group.assignmentEpoch}`, groupId).to.equal(expected);
    }
    const { members, assignorName } = describeConsumer(foldOf('consumer-range-live'), image);
    expect(assignorName).to.equal('range');
    expect(members).to.have.length(1);
    expect(members[0]).to.include({ rackId: 'rack-a', clientId: 'consumer-range-1', memberEpoch: 2, memberType: 1 });
    expect(members[0]!.assignment).to.deep.equal(new Map([[topicId, [0, 1, 2, 3, 4, 5]]]));
    expect(describeConsumer(foldOf('consumer-regex-live'), image).members[0]!.assignment.size).to.equal(2);
    expect(describeConsumer(foldOf('consumer-static-away'), image).members[0]!.memberEpoch).to.equal(-2);
  });
});

describe('stepConsumer', () => {
  /** Plays what happened to the group, and gives what we and Kafka wrote. */
  function play(groupId: string, happens: (table: ConsumerTable, at: (index: number) => void) => void) {
    const kafka = writtenOf(groupId);
    const table = new ConsumerTable({ image, config: { 'group.consumer.assignment.interval.ms': 1000 } });
    // When Kafka wrote this record.
    happens(table, (index) => {
      const { timestampMs } = kafka[index]!;
      table.nowMs = timestampMs;
    });
    return { ours: table.records, kafkas: kafka.map(({ record }) => record) };
  }

  /** Without times, which Kafka took some milliseconds earlier. */
  function timeless(records: readonly GroupRecord[]) {
    return records.map(({ name, key, value }) => ({
      name,
      key,
      value: value !== null && 'assignmentTimestamp' in value ? { ...value, assignmentTimestamp: 0 } : value,
    }));
  }

  const ofClient = (groupId: string, memberId: string, clientId: string) => ({
    groupId,
    memberId,
    client: { clientId, clientHost: '/127.0.0.1' },
  });
  const joining = { rebalanceTimeoutMs: 300_000, subscribedTopicNames: ['groups.t'], topicPartitions: [] };
  const going = { rebalanceTimeoutMs: -1 };

  it('writes what Kafka wrote for one member that came and left', () => {
    const member = ofClient('consumer-empty', '1V5GxM35Tn-zKGqWTMqBxA', 'consumer-empty-1');
    const { ours, kafkas } = play('consumer-empty', (table, at) => {
      at(0);
      table.consumerHeartbeat({ ...member, ...joining });
      at(5);
      table.consumerHeartbeat({ ...member, ...going, memberEpoch: -1 });
    });
    expect(timeless(ours)).to.deep.equal(timeless(kafkas));
  });

  it('writes what Kafka wrote for a static member that left for a while', () => {
    const member = {
      ...ofClient('consumer-static-away', 'AEEFbOUCRgyUr9tvZcG8zw', 'consumer-away-1'),
      instanceId: 'kip848-away',
    };
    const { ours, kafkas } = play('consumer-static-away', (table, at) => {
      at(0);
      table.consumerHeartbeat({ ...member, ...joining });
      at(5);
      table.consumerHeartbeat({ ...member, ...going, memberEpoch: -2 });
    });
    expect(timeless(ours)).to.deep.equal(timeless(kafkas));
  });

  it('writes what Kafka wrote for two members that share, but for the epoch before, which is kept for longer', () => {
    const first = ofClient('consumer-live', 'uiRe54wNQfaPr95ExGDBtQ', 'consumer-live-2');
    const second = ofClient('consumer-live', 'R-AwiRoERBWvQjvr4VtMQQ', 'consumer-live-1');
    const owning = (...partitions: number[]) => ({ topicPartitions: [{ topicId, partitions }] });
    const { ours, kafkas } = play('consumer-live', (table, at) => {
      at(0);
      table.consumerHeartbeat({ ...first, ...joining });
      at(5);
      table.consumerHeartbeat({ ...second, ...joining });
      at(8);
      table.consumerHeartbeat({ ...first, ...going, memberEpoch: 2 });
      at(12);
      table.consumerHeartbeat({ ...second, ...going, memberEpoch: 2 });
      at(13);
      table.consumerHeartbeat({ ...first, ...going, memberEpoch: 2, ...owning(0, 1, 2) });
      at(14);
      table.consumerHeartbeat({ ...second, ...going, memberEpoch: 3 });
    });
    const withoutPrevious = (records: readonly GroupRecord[]) =>
      timeless(records).map(({ name, key, value }) => ({
        name,
        key,
        value: value !== null && 'previousMemberEpoch' in value ? { ...value, previousMemberEpoch: 0 } : value,
      }));
    // Targets of one assignment come in the order of the assignor.
    const isTarget = ({ name }: GroupRecord) => name === 'ConsumerGroupTargetAssignmentMember';
    const others = (records: readonly GroupRecord[]) => withoutPrevious(records.filter((record) => !isTarget(record)));
    expect(others(ours)).to.deep.equal(others(kafkas));
    expect(ours.filter(isTarget)).to.have.deep.members(kafkas.filter(isTarget));
  });
});
