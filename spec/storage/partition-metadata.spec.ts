import { expect } from 'chai';
import { formatPartitionMetadata, parsePartitionMetadata } from '../../lib/storage/partition-metadata';

describe('parsePartitionMetadata', () => {
  const id = 'WNCo5bHGTsSqLnBGjPh6ww';

  it('reads what formatPartitionMetadata writes, which ends without a newline', () => {
    expect(formatPartitionMetadata(id)).to.equal(`version: 0\ntopic_id: ${id}`);
    expect(parsePartitionMetadata(formatPartitionMetadata(id))).to.equal(id);
  });

  it('accepts padding, the standard alphabet and a final newline', () => {
    expect(parsePartitionMetadata('version: 0\ntopic_id: AAAAAAAAQACAAAAAAAAAcg==')).to.equal('AAAAAAAAQACAAAAAAAAAcg');
    expect(parsePartitionMetadata('version: 0\ntopic_id: ++++++++++++++++++++/w==\n')).to.equal(
      '--------------------_w',
    );
  });

  for (const text of [
    '',
    'version: 0',
    `topic_id: ${id}`,
    `version: 1\ntopic_id: ${id}`,
    'version: 0\ntopic_id: short',
  ]) {
    it(`finds no id in ${JSON.stringify(text)}`, () => {
      expect(parsePartitionMetadata(text)).to.equal(null);
    });
  }
});
