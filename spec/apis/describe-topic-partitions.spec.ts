import { expect } from 'chai';
import { describeTopicPartitions } from '../../lib/apis/describe-topic-partitions';
import { zeroUuid } from '../../lib/protocol/bytes';
import { ask, TestBroker } from '../support/services';

interface Page {
  readonly topics?: readonly string[];
  readonly limit?: number;
  readonly cursor?: { readonly topicName: string; readonly partitionIndex: number } | null;
}

describe('describeTopicPartitions', () => {
  let broker: TestBroker;
  beforeEach(() => {
    broker = new TestBroker({ 'max.request.partition.size.limit': 6 });
    broker.topic('b', { partitions: 3 });
    broker.topic('a', { partitions: 2 });
    broker.topic('C');
  });

  const page = ({ topics = [], limit = 2000, cursor = null }: Page) =>
    ask(broker, describeTopicPartitions, 0, {
      topics: topics.map((name) => ({ name })),
      responsePartitionLimit: limit,
      cursor,
    });

  const outline = async (wanted: Page) => {
    const { topics, nextCursor } = await page(wanted);
    const rows = topics.map(({ name, partitions }) => `${name}:${partitions.map((row) => row.partitionIndex)}`);
    return { rows, next: nextCursor === null ? null : `${nextCursor.topicName}:${nextCursor.partitionIndex}` };
  };

  it('describes a partition with its eligible leaders', async () => {
    broker.repartition('C', 0, { eligibleLeaderReplicas: [3], lastKnownElr: [2] });
    const { topics } = await page({ topics: ['C'] });
    expect(topics).to.deep.equal([
      {
        errorCode: 0,
        name: 'C',
        topicId: broker.topics.byName('C')!.id,
        isInternal: false,
        partitions: [
          {
            errorCode: 0,
            partitionIndex: 0,
            leaderId: 1,
            leaderEpoch: 0,
            replicaNodes: [1],
            isrNodes: [1],
            eligibleLeaderReplicas: [3],
            lastKnownElr: [2],
            offlineReplicas: [],
          },
        ],
        topicAuthorizedOperations: 3576,
      },
    ]);
  });

  it('sorts topics by code units and names each once', async () => {
    const { rows, next } = await outline({ topics: ['b', 'a', 'b', 'C'] });
    expect(rows).to.deep.equal(['C:0', 'a:0,1', 'b:0,1,2']);
    expect(next).to.equal(null);
  });

  it('gives all topics for an empty list', async () => {
    expect((await outline({})).rows).to.deep.equal(['C:0', 'a:0,1', 'b:0,1,2']);
  });

  it('says which topics are unknown or illegal, and still what may be done with them', async () => {
    const { topics } = await page({ topics: ['nosuch', 'no such', '__consumer_offsets'] });
    expect(
      topics.map(({ name, errorCode, topicId, isInternal }) => [name, errorCode, topicId, isInternal]),
    ).to.deep.equal([
      ['__consumer_offsets', 3, zeroUuid, true],
      ['no such', 17, zeroUuid, false],
      ['nosuch', 3, zeroUuid, false],
    ]);
    expect(topics.map((row) => row.topicAuthorizedOperations)).to.deep.equal([3576, 3576, 3576]);
  });

  it('ends a page within a topic', async () => {
    expect(await outline({ limit: 2 })).to.deep.equal({ rows: ['C:0', 'a:0'], next: 'a:1' });
  });

  it('ends a page between two topics', async () => {
    expect(await outline({ limit: 3 })).to.deep.equal({ rows: ['C:0', 'a:0,1'], next: 'b:0' });
  });

  it('has no cursor where the limit is reached at the very end', async () => {
    expect((await outline({ limit: 6 })).next).to.equal(null);
  });

  it('gives at least one partition, and at most what the broker allows', async () => {
    expect(await outline({ limit: -5 })).to.deep.equal({ rows: ['C:0'], next: 'a:0' });
    broker.topic('d');
    expect((await outline({ limit: 2000 })).next).to.equal('d:0');
  });

  it('goes on where the cursor points', async () => {
    const cursor = { topicName: 'a', partitionIndex: 1 };
    expect(await outline({ cursor })).to.deep.equal({ rows: ['a:1', 'b:0,1,2'], next: null });
    expect(await outline({ topics: ['a', 'C'], cursor })).to.deep.equal({ rows: ['a:1'], next: null });
  });

  it('goes on behind a topic that is gone, if all were asked for', async () => {
    expect(await outline({ cursor: { topicName: 'aa', partitionIndex: 7 } })).to.deep.equal({
      rows: ['b:0,1,2'],
      next: null,
    });
  });

  it('has nothing of a topic beyond its last partition', async () => {
    expect((await outline({ cursor: { topicName: 'a', partitionIndex: 2 } })).rows).to.deep.equal(['a:', 'b:0,1,2']);
  });

  it('turns all pages to the end', async () => {
    const rows: string[] = [];
    let cursor: Page['cursor'] = null;
    do {
      const { topics, nextCursor } = await page({ limit: 1, cursor });
      for (const { name, partitions } of topics) rows.push(...partitions.map((row) => `${name}:${row.partitionIndex}`));
      cursor = nextCursor;
    } while (cursor !== null);
    expect(rows).to.deep.equal(['C:0', 'a:0', 'a:1', 'b:0', 'b:1', 'b:2']);
  });

  it('refuses a cursor on a topic that is not asked for, and one before the first partition', async () => {
    const refusal = (await page({ topics: ['a'], cursor: { topicName: 'C', partitionIndex: 0 } })).topics;
    expect(refusal.map(({ name, errorCode }) => [name, errorCode])).to.deep.equal([['a', 42]]);
    const negative = (await page({ topics: ['a'], cursor: { topicName: 'a', partitionIndex: -1 } })).topics;
    expect(negative[0]!.errorCode).to.equal(42);
  });
});
