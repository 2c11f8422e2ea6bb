import { expect } from 'chai';
import { describeCluster } from '../../lib/apis/describe-cluster';
import { ask, TestBroker } from '../support/services';

const plain = { includeClusterAuthorizedOperations: false, includeFencedBrokers: false };

describe('describeCluster', () => {
  it('tells the brokers at the address of the listener, and who controls them', async () => {
    const broker = new TestBroker();
    broker.neighbour(2);
    const answer = await ask(broker, describeCluster, 2, plain);
    expect(answer).to.deep.include({ errorCode: 0, errorMessage: null, endpointType: 1, controllerId: 1 });
    expect(answer.clusterId).to.equal('MillraceMillraceMillra');
    expect(answer.brokers).to.deep.equal([
      { brokerId: 1, host: 'broker.example', port: 9092, rack: null, isFenced: false },
      { brokerId: 2, host: 'broker-2.example', port: 9092, rack: null, isFenced: false },
    ]);
    const outside = await ask(broker, describeCluster, 0, plain, { listener: 'OUTSIDE' });
    expect(outside.brokers.map(({ host }) => host)).to.deep.equal(['outside.example']);
  });

  it('tells of fenced brokers only those who ask for them', async () => {
    const broker = new TestBroker();
    broker.neighbour(2, true);
    expect((await ask(broker, describeCluster, 2, plain)).brokers).to.have.length(1);
    const { brokers } = await ask(broker, describeCluster, 2, { ...plain, includeFencedBrokers: true });
    expect(brokers.map(({ brokerId, isFenced }) => [brokerId, isFenced])).to.deep.equal([
      [1, false],
      [2, true],
    ]);
  });

  it('tells the authorized operations only those who ask for them', async () => {
    const broker = new TestBroker();
    expect((await ask(broker, describeCluster, 0, plain)).clusterAuthorizedOperations).to.equal(-2147483648);
    const body = { ...plain, includeClusterAuthorizedOperations: true };
    expect((await ask(broker, describeCluster, 0, body)).clusterAuthorizedOperations).to.equal(8096);
  });

  it('has no controllers to tell of, and nothing else', async () => {
    const broker = new TestBroker();
    const controllers = await ask(broker, describeCluster, 1, { ...plain, endpointType: 2 });
    expect(controllers).to.deep.include({ errorCode: 114, brokers: [], clusterId: '' });
    expect(controllers.errorMessage).to.be.a('string');
    const unknown = await ask(broker, describeCluster, 1, { ...plain, endpointType: 3 });
    expect(unknown.errorCode).to.equal(115);
    expect(unknown.errorMessage).to.contain('3');
  });
});
