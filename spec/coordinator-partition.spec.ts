import { expect } from 'chai';
import { coordinatorPartition } from '../lib/coordinator-partition';

describe('coordinatorPartition', () => {
  it('is where Kafka keeps the state of these keys', () => {
    const keys = ['my-group', 'test', 'g', 'console-consumer-1', ''];
    expect(keys.map((key) => coordinatorPartition(key, 50))).to.deep.equal([12, 48, 3, 24, 0]);
  });

  it('takes the hash that has no positive counterpart for 0', () => {
    // Java's "polygenelubricants".hashCode() is -2147483648.
    expect(coordinatorPartition('polygenelubricants', 50)).to.equal(0);
    expect(coordinatorPartition('polygenelubricants', 7)).to.equal(0);
  });

  it('is 0 where there are no partitions', () => {
    expect(coordinatorPartition('g', 0)).to.equal(0);
  });
});
