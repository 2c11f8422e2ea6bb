import { expect } from 'chai';
import { writeAssignment, writeSubscription } from '../../lib/protocol/consumer-protocol';
import { readCarried, topicsOfCarried } from '../../lib/traffic/carried';

const ownedPartitions = [{ topic: 'orders', partitions: [0, 2] }];
const subscription = writeSubscription({ topics: ['orders', 'payments'], ownedPartitions }, 1);
const assignment = writeAssignment({ assignedPartitions: ownedPartitions }, 0);

describe('readCarried', () => {
  it('reads what a member subscribes to, and what it was assigned', () => {
    expect(readCarried(subscription, 'subscription')).to.deep.include({ version: 1, topics: ['orders', 'payments'] });
    expect(readCarried(assignment, 'assignment')).to.deep.equal({
      version: 0,
      assignedPartitions: ownedPartitions,
      userData: null,
    });
  });

  it('takes no other bytes for it', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('sessioned'), Buffer.concat([assignment, Buffer.from([0])])]) {
      expect(readCarried(bytes, 'assignment')).to.equal(null);
      expect(readCarried(bytes, 'subscription')).to.equal(null);
    }
  });
});

describe('topicsOfCarried', () => {
  it('names the topics of both', () => {
    expect(topicsOfCarried(readCarried(subscription, 'subscription')!)).to.deep.equal(['orders', 'payments']);
    expect(topicsOfCarried(readCarried(assignment, 'assignment')!)).to.deep.equal(['orders']);
  });
});
