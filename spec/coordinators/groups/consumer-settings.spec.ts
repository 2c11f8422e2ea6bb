import { expect } from 'chai';
import { loadConfig } from '../../../lib/config';
import { newConsumerGroup, newConsumerMember } from '../../../lib/coordinators/groups/consumer-group';
import { consumerSettings, heartbeatIntervalMs } from '../../../lib/coordinators/groups/consumer-settings';
import { cluster } from '../../support/consumer-table';

const nowMs = 1_000_000;
const config = loadConfig({
  'group.consumer.assignment.interval.ms': 1000,
  'group.consumer.heartbeat.interval.ms': 5000,
  'group.consumer.min.heartbeat.interval.ms': 5000,
});

describe('consumerSettings', () => {
  it('are those of the broker', () => {
    expect(consumerSettings('group', { nowMs, config, image: cluster({}) })).to.deep.equal({
      sessionTimeoutMs: 45_000,
      heartbeatIntervalMs: 5000,
      assignmentIntervalMs: 1000,
    });
  });

  it('are those of the group where it has its own, within what the broker allows', () => {
    const image = cluster(
      {},
      {
        'consumer.session.timeout.ms': '50000',
        'consumer.heartbeat.interval.ms': '1',
        'consumer.assignment.interval.ms': '99999',
      },
    );
    const settings = { sessionTimeoutMs: 50_000, heartbeatIntervalMs: 5000, assignmentIntervalMs: 15_000 };
    expect(consumerSettings('group', { nowMs, config, image })).to.deep.equal(settings);
    expect(consumerSettings('another', { nowMs, config, image }).sessionTimeoutMs).to.equal(45_000);
  });

  it('are those of the broker where those of the group are no numbers', () => {
    const image = cluster({}, { 'consumer.session.timeout.ms': 'long' });
    expect(consumerSettings('group', { nowMs, config, image }).sessionTimeoutMs).to.equal(45_000);
  });
});

describe('heartbeatIntervalMs', () => {
  const member = { ...newConsumerMember('m'), memberEpoch: 2 };
  const settings = { sessionTimeoutMs: 45_000, heartbeatIntervalMs: 5000, assignmentIntervalMs: 1000 };
  /** So long after the last assignment. */
  const interval = (
    ageMs: number,
    more: { groupEpoch?: number; memberEpoch?: number; state?: 'UNRELEASED_PARTITIONS' },
  ) => {
    const { groupEpoch = 2, ...ofMember } = more;
    const group = {
      ...newConsumerGroup('group'),
      groupEpoch,
      assignmentEpoch: 2,
      assignmentTimestampMs: nowMs - ageMs,
    };
    return heartbeatIntervalMs(group, { ...member, ...ofMember }, settings, { nowMs, config, image: cluster({}) });
  };

  it('is what is left until the next assignment may be made, but neither very short nor long', () => {
    const intervals = [0, 850, 960, 990, 2000].map((ageMs) => interval(ageMs, { groupEpoch: 3 }));
    expect(intervals).to.deep.equal([200, 150, 40, 20, 20]);
  });

  it('is short while a member waits, and grows slowly with how long it has waited', () => {
    expect(interval(0, { memberEpoch: 1 })).to.equal(20);
    expect(interval(800, { state: 'UNRELEASED_PARTITIONS' })).to.equal(100);
    expect(interval(60_000, { state: 'UNRELEASED_PARTITIONS' })).to.equal(200);
  });

  it('grows from the shortest to the usual one while all is at rest', () => {
    expect([0, 20, 21, 1000, 4999, 5000, 1e9].map((ageMs) => interval(ageMs, {}))).to.deep.equal([
      20, 20, 21, 1000, 4999, 5000, 5000,
    ]);
  });

  it('bears a clock that was set back', () => {
    expect(interval(-1000, {})).to.equal(20);
  });

  it('is never longer than usual', () => {
    const group = { ...newConsumerGroup('group'), groupEpoch: 3 };
    expect(
      heartbeatIntervalMs(
        group,
        member,
        { ...settings, heartbeatIntervalMs: 10 },
        { nowMs, config, image: cluster({}) },
      ),
    ).to.equal(10);
  });
});
