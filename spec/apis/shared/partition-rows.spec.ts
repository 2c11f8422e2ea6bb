import { expect } from 'chai';
import { partitionRows } from '../../../lib/apis/shared/partition-rows';
import { errors } from '../../../lib/errors';
import type { PartitionImage } from '../../../lib/storage/metadata-image';
import { TestBroker } from '../../support/services';

describe('partitionRows', () => {
  let broker: TestBroker;
  beforeEach(() => {
    broker = new TestBroker();
    broker.topic('orders');
  });
  const row = (change: Partial<PartitionImage> = {}, listener = 'PLAINTEXT') => {
    broker.repartition('orders', 0, change);
    return partitionRows(broker.services, listener)('orders', broker.image.topicsByName.get('orders')!.partitions[0]!);
  };

  it('tell leader, epoch and replicas', () => {
    expect(row({ leaderEpoch: 4 })).to.deep.equal({
      errorCode: 0,
      partitionIndex: 0,
      leaderId: 1,
      leaderEpoch: 4,
      replicaNodes: [1],
      isrNodes: [1],
      offlineReplicas: [],
    });
  });

  it('have replicas that cannot be reached offline', () => {
    broker.neighbour(2);
    broker.neighbour(3, true);
    expect(row({ replicas: [3, 2, 1, 9] }).offlineReplicas).to.deep.equal([3, 9]);
  });

  it('say why there is no leader', () => {
    broker.neighbour(2);
    expect(row({ leader: 2, replicas: [2] })).to.deep.include({ errorCode: 0, leaderId: 2 });
    expect(row({ leader: 2, replicas: [2] }, 'OUTSIDE')).to.deep.include({
      errorCode: 72,
      leaderId: -1,
      offlineReplicas: [2],
    });
    expect(row({ leader: -1 })).to.include({ errorCode: 5, leaderId: -1 });
    expect(row({ leader: 9 })).to.include({ errorCode: 5, leaderId: -1 });
  });

  it('have no leader where its disk has failed', () => {
    broker.topics.byName('orders')!.partition(0)!.offline = errors.KAFKA_STORAGE_ERROR;
    expect(row()).to.deep.include({
      errorCode: 5,
      leaderId: -1,
      replicaNodes: [1],
      isrNodes: [1],
      offlineReplicas: [1],
    });
  });

  it('do without a log that is not there yet', () => {
    broker.topics.all.delete('orders');
    expect(row()).to.include({ errorCode: 0, leaderId: 1 });
  });
});
