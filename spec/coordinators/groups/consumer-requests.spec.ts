import { expect } from 'chai';
import { loadConfig } from '../../../lib/config';
import { checkHeartbeat, refuseWithoutGroup } from '../../../lib/coordinators/groups/consumer-requests';
import type { ConsumerHeartbeatRequest } from '../../../lib/coordinators/groups/requests';
import { aConsumerHeartbeat } from '../../support/group-table';

const config = loadConfig({});
const joining = { ...aConsumerHeartbeat, memberId: 'm', subscribedTopicNames: [], topicPartitions: [] };
const going = { ...aConsumerHeartbeat, memberId: 'm', memberEpoch: 3, rebalanceTimeoutMs: -1 };

const check = (request: ConsumerHeartbeatRequest) => checkHeartbeat(request, config)?.name ?? 'NONE';

describe('checkHeartbeat', () => {
  it('lets through what members send', () => {
    expect(check(joining)).to.equal('NONE');
    expect(check({ ...joining, subscribedTopicNames: null, subscribedTopicRegex: '' })).to.equal('NONE');
    expect(check({ ...joining, memberId: '', version: 0 })).to.equal('NONE');
    expect(check(going)).to.equal('NONE');
    expect(check({ ...going, memberEpoch: -1 })).to.equal('NONE');
    expect(check({ ...joining, groupId: '\u00a0', memberId: 'x'.repeat(2000) })).to.equal('NONE');
    expect(check({ ...going, memberEpoch: -2, instanceId: 'i' })).to.equal('NONE');
  });

  it('refuses what says too little of who it is', () => {
    const faults: ConsumerHeartbeatRequest[] = [
      { ...joining, memberId: '' },
      { ...joining, memberId: ' ' },
      { ...going, memberId: '', version: 0 },
      { ...going, memberId: '', memberEpoch: -1, version: 0 },
      { ...joining, groupId: '' },
      { ...joining, instanceId: '' },
      { ...joining, rackId: ' ' },
      { ...joining, groupId: '\u0001\t' },
      { ...joining, memberId: 'x'.repeat(2001) },
      { ...going, memberEpoch: -3 },
      { ...going, memberEpoch: -2 },
    ];
    for (const request of faults) expect(check(request), JSON.stringify(request)).to.equal('INVALID_REQUEST');
  });

  it('refuses who joins and does not say what has to be known of it', () => {
    const faults: ConsumerHeartbeatRequest[] = [
      { ...joining, rebalanceTimeoutMs: -1 },
      { ...joining, topicPartitions: null },
      { ...joining, topicPartitions: [{ topicId: 'AAAAAAAAQACAAAAAAAAAkQ', partitions: [0] }] },
      { ...joining, subscribedTopicNames: null },
    ];
    for (const request of faults) expect(check(request), JSON.stringify(request)).to.equal('INVALID_REQUEST');
  });

  it('refuses assignors that are not offered, and says which are', () => {
    const { name, message } = checkHeartbeat({ ...joining, serverAssignor: 'mine' }, config)!;
    expect([name, message]).to.deep.equal([
      'UNSUPPORTED_ASSIGNOR',
      "assignor 'mine' is not offered, uniform, range are",
    ]);
    const ranged = loadConfig({ 'group.consumer.assignors': 'range' });
    expect(checkHeartbeat({ ...joining, serverAssignor: 'uniform' }, ranged)!.name).to.equal('UNSUPPORTED_ASSIGNOR');
    expect(checkHeartbeat({ ...joining, serverAssignor: 'range' }, ranged)).to.equal(null);
  });
});

describe('refuseWithoutGroup', () => {
  it('lets only those in who join', () => {
    expect(refuseWithoutGroup(joining)).to.equal(null);
    for (const memberEpoch of [1, -1, -2])
      expect(refuseWithoutGroup({ ...going, memberEpoch })!.name).to.equal('GROUP_ID_NOT_FOUND');
  });
});
