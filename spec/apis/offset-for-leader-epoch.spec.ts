import { expect } from 'chai';
import { offsetForLeaderEpoch } from '../../lib/apis/offset-for-leader-epoch';
import { errors } from '../../lib/errors';
import { ask, batchOf, TestBroker, type TestLog } from '../support/services';

describe('offsetForLeaderEpoch', () => {
  let broker: TestBroker;
  let log: TestLog;
  beforeEach(() => {
    broker = new TestBroker();
    log = broker.topic('orders').partition(0)!;
    log.leaderEpoch = 1;
    log.append(batchOf(['a', 'b']));
    log.leaderEpoch = 3;
    log.append(batchOf(['c']));
  });

  const find = async (leaderEpoch: number, { currentLeaderEpoch = -1, topic = 'orders', version = 2 } = {}) => {
    const topics = [{ topic, partitions: [{ partition: 0, currentLeaderEpoch, leaderEpoch }] }];
    const answer = await ask(broker, offsetForLeaderEpoch, version, { topics });
    expect(answer.topics[0]!.topic).to.equal(topic);
    const { errorCode, leaderEpoch: found, endOffset } = answer.topics[0]!.partitions[0]!;
    return [errorCode, found, endOffset];
  };

  it('tells where an epoch ends', async () => {
    for (const version of [2, 3, 4]) {
      expect(await find(3, { version })).to.deep.equal([0, 3, 3]);
      expect(await find(1, { version })).to.deep.equal([0, 1, 2]);
    }
  });

  it('answers the greatest epoch below one in which nothing was written', async () => {
    expect(await find(2)).to.deep.equal([0, 1, 2]);
  });

  it('answers −1 and no error for an epoch that is still to come', async () => {
    expect(await find(4)).to.deep.equal([0, -1, -1]);
  });

  it('refuses who is out of date', async () => {
    expect(await find(1, { currentLeaderEpoch: 2 })).to.deep.equal([74, -1, -1]);
    expect(await find(1, { currentLeaderEpoch: 4 })).to.deep.equal([75, -1, -1]);
  });

  it('refuses unknown partitions and failed disks', async () => {
    expect(await find(1, { topic: 'nosuch' })).to.deep.equal([3, -1, -1]);
    log.offline = errors.KAFKA_STORAGE_ERROR;
    expect(await find(1)).to.deep.equal([56, -1, -1]);
  });
});
