import { expect } from 'chai';
import { giveUpLeadership, leadAnew, type Node, takeLeadership } from '../../lib/coordinators/leadership';
import { directoryIds } from '../../lib/uuid';
import { directoryId as A, brokerRecord, imageAfter, topicRecords } from '../support/metadata';

const B = 'EAAAAAAAQACAAAAAAAAAAg';
const T = 'AAAAAAAAQACAAAAAAAAAkQ';
const node: Node = { nodeId: 1, directoryIds: [A], metadataVersion: 30, keepsElr: true };

/** What is written for one partition that is like this, when the node was there before; null for nothing. */
function written(write: typeof takeLeadership, partition: object, more: Partial<Node> = {}) {
  const image = imageAfter(brokerRecord(1), ...topicRecords('foo', T, 1, partition));
  const [record, ...others] = write(image, { ...node, ...more });
  expect(others).to.deep.equal([]);
  if (record === undefined) return null;
  const { topicId, partitionId, ...change } = record.data;
  expect([topicId, partitionId]).to.deep.equal([T, 0]);
  return { version: record.version, ...change };
}

describe('takeLeadership', () => {
  it('elects this node after a clean stop of Kafka, as Kafka does', () => {
    const left = { isr: [], leader: -1, eligibleLeaderReplicas: [1], lastKnownElr: [1] };
    const taken = { version: 2, isr: [1], leader: 1, eligibleLeaderReplicas: [], lastKnownElr: [] };
    expect(written(takeLeadership, left)).to.deep.equal(taken);
  });

  it('begins a new leader epoch where a crash has left this node as the leader', () => {
    expect(written(takeLeadership, {})).to.deep.equal({ version: 2, leader: 1 });
  });

  it('begins none where this node is the leader and was never there', () => {
    const takes = (partition: object) => takeLeadership(imageAfter(...topicRecords('foo', T, 1, partition)), node);
    expect(takes({})).to.deep.equal([]);
    expect(takes({ leader: -1 }).map(({ data }) => data.leader)).to.deep.equal([1]);
    expect(takes({ isr: [] }).map(({ data }) => [data.leader, data.isr])).to.deep.equal([[undefined, [1]]]);
  });

  it('takes over where no one is left, even of those that were in sync', () => {
    const lost = { replicas: [1, 2], isr: [2], leader: -1, directories: [A, B], leaderRecoveryState: 1 };
    expect(written(takeLeadership, lost)).to.deep.equal({ version: 2, leader: 1, isr: [1], leaderRecoveryState: 0 });
  });

  it('leaves partitions alone that others lead or have', () => {
    expect(written(takeLeadership, { replicas: [1, 2], isr: [1, 2], leader: 2, directories: [A, B] })).to.equal(null);
    expect(written(takeLeadership, { replicas: [2], isr: [2], leader: -1 })).to.equal(null);
  });

  it('names the directory where the log does not, or names one that is gone', () => {
    for (const id of [B, directoryIds.UNASSIGNED, directoryIds.MIGRATING, directoryIds.LOST])
      expect(written(takeLeadership, { directories: [id] })).to.deep.include({ directories: [A] });
    expect(written(takeLeadership, { directories: [] })).to.deep.include({ directories: [A] });
    const two = { replicas: [2, 1], isr: [1], leader: 1, directories: [B, B] };
    expect(written(takeLeadership, two)).to.deep.include({ directories: [B, A] });
  });

  it('does not guess among several directories, nor write what the log may not hold', () => {
    expect(written(takeLeadership, { directories: [B] }, { directoryIds: [A, 'x'] })).to.not.have.property(
      'directories',
    );
    const old = written(takeLeadership, { directories: [] }, { metadataVersion: 16, keepsElr: false });
    expect(old).to.deep.equal({ version: 0, leader: 1 });
  });
});

describe('leadAnew', () => {
  it('writes the leader, in the version that the log may hold, and so begins an epoch', () => {
    const data = { partitionId: 3, topicId: T, leader: 1 };
    expect(leadAnew({ id: T }, 3, { nodeId: 1, metadataVersion: 16 })).to.deep.equal({
      ...{ name: 'PartitionChangeRecord', version: 0, data },
    });
  });
});

describe('giveUpLeadership', () => {
  it('leaves what Kafka leaves on a controlled shutdown, with ELR and without', () => {
    const elr = { isr: [], eligibleLeaderReplicas: [1], lastKnownElr: [1] };
    expect(written(giveUpLeadership, {})).to.deep.equal({ version: 2, leader: -1, ...elr });
    const without = { keepsElr: false, metadataVersion: 20 };
    expect(written(giveUpLeadership, {}, without)).to.deep.equal({ version: 1, leader: -1 });
  });

  it('says nothing of partitions that this node does not lead', () => {
    expect(written(giveUpLeadership, { leader: -1 })).to.equal(null);
    expect(written(giveUpLeadership, { replicas: [1, 2], isr: [2], leader: 2, directories: [A, B] })).to.equal(null);
  });
});
