import { expect } from 'chai';
import { fence } from '../../../lib/apis/shared/leader-epoch';
import { TestBroker } from '../../support/services';

describe('fence', () => {
  it('lets through who has the epoch of the leader, or does not say', () => {
    const log = new TestBroker().topic('orders').partition(0)!;
    log.leaderEpoch = 3;
    expect([3, -1].map((epoch) => fence(log, epoch))).to.deep.equal([null, null]);
  });

  it('tells which side is out of date', () => {
    const log = new TestBroker().topic('orders').partition(0)!;
    log.leaderEpoch = 3;
    expect(fence(log, 2)?.name).to.equal('FENCED_LEADER_EPOCH');
    expect(fence(log, 0)?.name).to.equal('FENCED_LEADER_EPOCH');
    expect(fence(log, 4)?.name).to.equal('UNKNOWN_LEADER_EPOCH');
  });
});
