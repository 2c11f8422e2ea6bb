import { expect } from 'chai';
import { buildBatch } from '../../lib/records/build';
import { controlRecord } from '../../lib/records/control';
import { BatchHeader } from '../../lib/storage/batch-header';
import { readTransactionEnd } from '../../lib/storage/marker';

const read = (batch: Buffer) => {
  const header = new BatchHeader();
  expect(header.read(batch, 0)).to.equal(null);
  return readTransactionEnd(header, batch);
};

describe('readTransactionEnd', () => {
  it('reads what Kafka wrote', () => {
    // COMMIT, producer 1000, epoch 0, coordinator epoch 0.
    const golden =
      '0000000000000005000000420000000002a1ac499f0030000000000000018bcfe568000000018bcfe5680000000000000003e8' +
      '0000ffffffff000000012000000008000000010c00000000000000';
    expect(read(Buffer.from(golden, 'hex'))).to.deep.equal({
      ...{ producerId: 1000, producerEpoch: 0, coordinatorEpoch: 0, aborted: false, timestamp: 1700000000000 },
    });
  });

  it('tells an abort from a commit', () => {
    const options = { control: true, transactional: true, producerId: 3, producerEpoch: 2, timestamp: 9 };
    expect(read(buildBatch([controlRecord('ABORT', { coordinatorEpoch: 4 })], options))).to.deep.equal({
      ...{ producerId: 3, producerEpoch: 2, coordinatorEpoch: 4, aborted: true, timestamp: 9 },
    });
  });

  it('finds none in other control batches, in broken ones and in those that were cleaned out', () => {
    const change = controlRecord('LEADER_CHANGE', { leaderId: 1, voters: [], grantingVoters: [] });
    expect(read(buildBatch([change], { control: true }))).to.equal(null);
    expect(read(buildBatch([{ key: 'x', value: 'y' }], { control: true }))).to.equal(null);
    const cleaned = buildBatch([{ value: 'x' }], { control: true }).subarray(0, 61);
    cleaned.writeInt32BE(49, 8);
    cleaned.writeInt32BE(0, 57);
    expect(read(cleaned)).to.equal(null);
  });
});
