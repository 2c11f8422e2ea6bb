import { expect } from 'chai';
import { apiVersions } from '../../lib/apis/api-versions';
import { fetch } from '../../lib/apis/fetch';
import { metadata } from '../../lib/apis/metadata';
import { produce } from '../../lib/apis/produce';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { buildBatch } from '../../lib/records/build';
import { virtualClock } from '../../lib/virtual-clock';
import { settle } from '../support/pipeline';
import { rejected } from '../support/thrown';

const software = { clientSoftwareName: 'spec', clientSoftwareVersion: '1' };

describe('inject', () => {
  const clock = virtualClock();
  let broker: Broker;
  let topicId: string;
  beforeEach(async () => {
    broker = await createBroker({ scheduler: clock, config: { 'auto.create.topics.enable': false } });
    topicId = (await broker.createTopic('a')).topicId;
  });
  afterEach(() => broker.close());

  const partition = { partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 };
  const parked = () => ({
    ...{ maxWaitMs: 30_000, minBytes: 1, forgottenTopicsData: [] },
    topics: [{ topic: '', topicId, partitions: [partition] }],
  });

  it('resolves with the body of the answer, typed by its API', async () => {
    const { apiKeys } = await broker.inject(apiVersions, 3, software);
    expect(apiKeys.map(({ apiKey }) => apiKey)).to.include.members([0, 1, 3, 18]);
    const { topics } = await broker.inject(metadata, 12, {
      topics: [{ name: 'nope', topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
      ...{ allowAutoTopicCreation: false, includeClusterAuthorizedOperations: false },
      includeTopicAuthorizedOperations: false,
    });
    expect(topics[0]).to.include({ name: 'nope', errorCode: 3 });
  });

  it('lets a request wait without holding up others, and leaves no connection', async () => {
    const waiting = broker.inject(fetch, 16, parked());
    await settle();
    await broker.inject(apiVersions, 3, software);
    await settle();
    expect(broker.connections).to.equal(1);
    await clock.advance('30 s');
    expect((await waiting).responses[0]?.partitions[0]?.highWatermark).to.equal(0);
    await settle();
    expect(broker.connections).to.equal(0);
  });

  it('rejects where the broker ends the connection, and says what it would serve', async () => {
    expect(String(await rejected(broker.inject(metadata, 99, { topics: [] } as never)))).to.match(
      /inject: Metadata v99: the broker ended the connection without an answer; versions \d+ to \d+ are served/,
    );
    const topicData = [{ name: 'a', partitionData: [{ index: 0, records: buildBatch([{ value: 'x' }]) }] }];
    const untold = broker.inject(produce, 11, { acks: 0, timeoutMs: 0, topicData });
    expect(String(await rejected(untold))).to.match(/Produce v11: the broker ended the connection without an answer$/);
    expect(await broker.records('a').toArray()).to.have.lengthOf(1);
  });

  it('rejects a body that cannot be written, and ends what waits when the broker closes', async () => {
    expect(String(await rejected(broker.inject(metadata, 12, { topics: 5 } as never)))).to.include('topics');
    const waiting = broker.inject(fetch, 16, parked());
    await settle();
    await broker.close();
    expect((await waiting).responses[0]?.partitions[0]?.errorCode).to.be.a('number');
    expect(String(await rejected(broker.inject(apiVersions, 3, software)))).to.include('inject: the broker is closed');
  });
});
