import { expect } from 'chai';
import { stored } from '../../lib/storage/metadata-frame';
import { changedPartition, newPartition, withoutElr, withoutHoles } from '../../lib/storage/partition-fold';

const T = 'caWaUYlohPi5N-AAAAAAAQ';
const [A, B] = ['EAAAAAAAQACAAAAAAAAAAQ', 'EAAAAAAAQACAAAAAAAAAAg'];

function partition(more: object = {}) {
  const data = {
    partitionId: 0,
    topicId: T,
    replicas: [1, 2],
    isr: [1, 2],
    removingReplicas: [],
    addingReplicas: [],
    leader: 1,
    leaderEpoch: 4,
    partitionEpoch: 9,
    directories: [A, B],
    ...more,
  };
  const record = stored({ name: 'PartitionRecord', version: 2, data });
  if (record.name !== 'PartitionRecord') throw new Error(record.name);
  return newPartition(record.data);
}

function changed(was: ReturnType<typeof partition>, data: object) {
  const draft = { topicId: T, partitionId: 0, ...data };
  const record = stored({ name: 'PartitionChangeRecord', version: 2, data: draft });
  if (record.name !== 'PartitionChangeRecord') throw new Error(record.name);
  return changedPartition(was, record.data);
}

describe('newPartition', () => {
  it('shares the lists that most partitions have alike', () => {
    const [one, other] = [partition({ replicas: [1] }), partition({ replicas: [1] })];
    expect(one.replicas).to.equal(other.replicas);
    expect(one.addingReplicas).to.equal(other.removingReplicas);
    expect(partition({ leaderRecoveryState: 1 }).recovering).to.equal(true);
  });
});

describe('changedPartition', () => {
  it('changes what a change names and nothing else, in a new partition epoch', () => {
    const was = partition();
    expect(changed(was, {})).to.deep.equal({ ...was, partitionEpoch: 10 });
    expect(changed(was, { isr: [2] })).to.deep.equal({ ...was, isr: [2], partitionEpoch: 10 });
    const elr = { eligibleLeaderReplicas: [2], lastKnownElr: [1] };
    expect(changed(was, elr)).to.deep.equal({ ...was, ...elr, partitionEpoch: 10 });
  });

  it('begins a leader epoch with every election, also of the same leader or of none', () => {
    for (const leader of [1, 2, -1]) {
      const { leader: now, leaderEpoch } = changed(partition(), { leader });
      expect([now, leaderEpoch]).to.deep.equal([leader, 5]);
    }
  });

  it('forgets directories that no longer match the replicas', () => {
    expect(changed(partition(), { replicas: [1] }).directories).to.deep.equal([]);
    expect(changed(partition(), { replicas: [1], directories: [A] }).directories).to.deep.equal([A]);
    expect(changed(partition(), { replicas: [2, 1] }).directories).to.deep.equal([A, B]);
  });

  it('follows the state of recovery', () => {
    const recovering = changed(partition(), { leaderRecoveryState: 1 });
    expect(recovering.recovering).to.equal(true);
    expect(changed(recovering, { isr: [1] }).recovering).to.equal(true);
    expect(changed(recovering, { leaderRecoveryState: 0 }).recovering).to.equal(false);
  });
});

describe('withoutElr', () => {
  it('is the partition itself where there is nothing to clear', () => {
    const was = partition();
    expect(withoutElr(was)).to.equal(was);
    const cleared = withoutElr(partition({ lastKnownElr: [1] }));
    expect([cleared.lastKnownElr, cleared.partitionEpoch]).to.deep.equal([[], 10]);
  });
});

describe('withoutHoles', () => {
  it('leaves a complete topic as it is, and makes leaderless partitions of holes', () => {
    const warnings: string[] = [];
    const warn = (what: string) => warnings.push(what);
    const complete = [partition()];
    expect(withoutHoles(complete, 'foo', warn)).to.equal(complete);
    const third = partition({ partitionId: 2 });
    const holey: ReturnType<typeof partition>[] = [];
    holey[2] = third;
    expect(withoutHoles(holey, 'foo', warn).map((p) => [p.partition, p.leader])).to.deep.equal([
      [0, -1],
      [1, -1],
      [2, 1],
    ]);
    expect(warnings).to.have.length(2);
  });
});
