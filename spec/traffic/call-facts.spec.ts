import { expect } from 'chai';
import { describeConfigs, fetch, findCoordinator, heartbeat, metadata, offsetFetch } from '../../lib/apis';
import { zeroUuid } from '../../lib/protocol/bytes';
import { rowsOf, said } from '../support/calls';

const id = Buffer.alloc(16, 7).toString('base64url');

const asksAll = said({
  exchange: metadata,
  version: 12,
  request: {
    topics: null,
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: false,
  },
  answer: {
    brokers: [],
    clusterId: 'c',
    controllerId: 1,
    topics: [
      { errorCode: 0, name: 'orders', topicId: id, isInternal: false, partitions: [] },
      { errorCode: 3, name: 'nowhere', topicId: zeroUuid, isInternal: false, partitions: [] },
    ],
  },
});

const fetches = said({
  exchange: fetch,
  version: 13,
  request: {
    maxWaitMs: 1,
    minBytes: 1,
    topics: [{ topicId: id, partitions: [] }],
    forgottenTopicsData: [],
  },
  answer: { errorCode: 0, responses: [] },
});

describe('CallFacts', () => {
  it('tells the topics that a request names, else those of its answer', async () => {
    const asksOne = said({
      exchange: offsetFetch,
      version: 5,
      request: { groupId: 'g', topics: [{ name: 'payments', partitionIndexes: [0] }] },
      answer: { topics: [] },
    });
    const [one, all] = await rowsOf([asksOne, asksAll]);
    expect(one!.topics).to.deep.equal(['payments']);
    expect(all!.topics).to.deep.equal(['orders', 'nowhere']);
  });

  it('calls topics that go by their ids by the names that earlier answers gave them', async () => {
    const [before, , after] = await rowsOf([fetches, asksAll, fetches]);
    expect(before!.topics).to.deep.equal([id]);
    expect(after!.topics).to.deep.equal(['orders']);
  });

  it('tells the topics whose configuration is asked for, and no brokers', async () => {
    const resources = [
      { resourceType: 2, resourceName: 'orders', configurationKeys: null },
      { resourceType: 4, resourceName: '1', configurationKeys: null },
    ];
    const [row] = await rowsOf([
      said({ exchange: describeConfigs, version: 4, request: { resources }, answer: { results: [] } }),
    ]);
    expect(row!.topics).to.deep.equal(['orders']);
  });

  it('tells the groups that a call is about, also where it looks for their coordinators', async () => {
    const ask = { exchange: findCoordinator, version: 4, answer: {} };
    const rows = await rowsOf([
      said({
        exchange: heartbeat,
        version: 4,
        request: { groupId: 'g', generationId: 1, memberId: 'm' },
        answer: { errorCode: 0 },
      }),
      said({ ...ask, request: { keyType: 0, coordinatorKeys: ['h', 'i'] } }),
      said({ ...ask, request: { keyType: 1, coordinatorKeys: ['a transaction'] } }),
    ]);
    expect(rows.map(({ groups }) => groups)).to.deep.equal([['g'], ['h', 'i'], []]);
  });

  it('tells each error that an answer says anywhere', async () => {
    const refused = said({
      exchange: heartbeat,
      version: 4,
      request: { groupId: 'g', generationId: 1, memberId: 'm' },
      answer: { errorCode: 27 },
    });
    const [row, all] = await rowsOf([refused, asksAll]);
    expect(row!.errors).to.deep.equal([27]);
    expect(all!.errors).to.deep.equal([3]);
  });

  it('has nothing to tell of what was never answered', async () => {
    const [row] = await rowsOf([{ ...asksAll, answer: null }]);
    expect([row!.topics, row!.errors]).to.deep.equal([[], []]);
  });
});
