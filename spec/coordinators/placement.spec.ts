import { expect } from 'chai';
import { Placement, partitionRecord } from '../../lib/coordinators/placement';
import { directoryIds } from '../../lib/uuid';
import { directoryId as A, brokerRecord, featureRecord, imageAfter, topicRecords } from '../support/metadata';

const [B, C] = ['EAAAAAAAQACAAAAAAAAAAg', 'EAAAAAAAQACAAAAAAAAAAw'];
const T = 'AAAAAAAAQACAAAAAAAAAkQ';
const one = (count: number) => Array.from({ length: count }, () => [1]);

function directoriesOf(records: ReturnType<Placement['records']>) {
  return records.flatMap((record) => (record.name === 'PartitionRecord' ? record.data.directories : []));
}

describe('Placement', () => {
  const level = featureRecord('metadata.version', 30);

  it('puts each partition where there are the fewest', () => {
    const here = topicRecords('foo', T, 2, { directories: [A] });
    const image = imageAfter(level, brokerRecord(1, { logDirs: [A, B, C] }), ...here);
    expect(directoriesOf(new Placement(image, 1).records(T, 2, one(7)))).to.deep.equal([B, C, B, C, A, B, C]);
  });

  it('avoids cordoned directories, and is not possible where all are', () => {
    const image = (cordonedLogDirs: string[]) =>
      imageAfter(level, brokerRecord(1, { logDirs: [A, B], cordonedLogDirs }));
    expect(directoriesOf(new Placement(image([A]), 1).records(T, 0, one(2)))).to.deep.equal([B, B]);
    expect(new Placement(image([A]), 1).possible).to.equal(true);
    expect(new Placement(image([A, B]), 1).possible).to.equal(false);
    expect(new Placement(imageAfter(level), 1).possible).to.equal(false);
  });

  it('leads what it places, counts indexes on, and does not decide for other nodes', () => {
    const image = imageAfter(level, brokerRecord(1), brokerRecord(2));
    const [record] = new Placement(image, 1).records(T, 4, [[2, 1]]);
    expect(record).to.deep.equal({
      name: 'PartitionRecord',
      version: 2,
      data: {
        topicId: T,
        partitionId: 4,
        replicas: [2, 1],
        isr: [1],
        directories: [directoryIds.UNASSIGNED, A],
        removingReplicas: [],
        addingReplicas: [],
        leader: 1,
        leaderEpoch: 0,
        partitionEpoch: 0,
      },
    });
  });

  it('writes the version of the record that the log allows', () => {
    const image = imageAfter(featureRecord('metadata.version', 17), brokerRecord(1));
    expect(new Placement(image, 1).records(T, 0, one(1))[0]!.version).to.equal(1);
  });
});

describe('partitionRecord', () => {
  it('leaves a partition without in-sync replicas without a leader', () => {
    const record = partitionRecord({ topicId: T, partitionId: 0, replicas: [1], isr: [], directories: [A] }, 2);
    expect(record.name === 'PartitionRecord' && record.data.leader).to.equal(-1);
  });
});
