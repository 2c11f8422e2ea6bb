import { expect } from 'chai';
import { murmur2, partitionOf } from '../../lib/embedded/partitioner';

/** Hashes by Kafka's Utils.murmur2; kafkajs and the Java client agree on them. */
const hashes: Record<string, number> = {
  '': 275646681,
  '21': -973932308,
  abc: 479470107,
  foobar: -790332482,
  'a-little-bit-long-string': -985981536,
  'a-little-bit-longer-string': -1486304829,
};

describe('murmur2', () => {
  for (const [text, hash] of Object.entries(hashes)) {
    it(`of ${JSON.stringify(text)} is ${hash}`, () => {
      expect(murmur2(Buffer.from(text))).to.equal(hash);
    });
  }
});

describe('partitionOf', () => {
  it('takes the hash without its sign', () => {
    expect(partitionOf(Buffer.from('21'), 10)).to.equal((-973932308 & 0x7fffffff) % 10);
    expect(partitionOf(Buffer.from('abc'), 10)).to.equal(7);
  });

  it('is what kafkajs chooses', () => {
    const { Partitioners } = require('kafkajs') as typeof import('kafkajs');
    const choose = Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 7 }, (_, partitionId) => ({ partitionId, leader: 1 })) as never;
    for (let i = 0; i < 200; i++) {
      const key = Buffer.from(`key-${i}${'é'.repeat(i % 5)}`);
      expect(partitionOf(key, 7)).to.equal(choose({ topic: 't', partitionMetadata, message: { key, value: null } }));
    }
  });
});
