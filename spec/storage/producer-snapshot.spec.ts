import { expect } from 'chai';
import fc from 'fast-check';
import { Producer } from '../../lib/storage/producer';
import { readProducerSnapshot, writeProducerSnapshot } from '../../lib/storage/producer-snapshot';

/** One entry: producer 1000, epoch 0, sequence 0 at offset 0, no transaction (made with the classes of Kafka 4.4). */
const golden =
  '000185367b9b0000000100000000000003e80000000000000000000000000000000000000000018bcfe56800ffffffffffffffffffffffff';

function producer(values: Partial<Producer> & { producerId: number; epoch: number }, batch?: [number, number, number]) {
  const made = new Producer(values.producerId, values.epoch);
  const [lastSequence, lastOffset, offsetDelta] = batch ?? [];
  if (batch)
    made.add(made.epoch, {
      lastSequence: lastSequence!,
      lastOffset: lastOffset!,
      offsetDelta: offsetDelta!,
      timestamp: 0,
    });
  return Object.assign(made, values);
}

function facts(one: Producer) {
  const { producerId, epoch, coordinatorEpoch, lastTimestamp, openTransaction, lastBatch } = one;
  const { lastSequence, lastOffset, offsetDelta } = lastBatch ?? { lastSequence: -1, lastOffset: -1, offsetDelta: 0 };
  return { producerId, epoch, coordinatorEpoch, lastTimestamp, openTransaction, lastSequence, lastOffset, offsetDelta };
}

describe('writeProducerSnapshot', () => {
  it('writes the bytes that Kafka writes', () => {
    const one = producer({ producerId: 1000, epoch: 0, lastTimestamp: 1700000000000 }, [0, 0, 0]);
    expect(writeProducerSnapshot([one]).toString('hex')).to.equal(golden);
  });

  it('takes ten bytes for nobody', () => {
    expect(writeProducerSnapshot([]).toString('hex')).to.match(/^0001.{8}00000000$/);
  });
});

describe('readProducerSnapshot', () => {
  it('reads what Kafka wrote', () => {
    const found = readProducerSnapshot(Buffer.from(golden, 'hex')) as Producer[];
    expect(found.map(facts)).to.deep.equal([
      {
        ...{ producerId: 1000, epoch: 0, coordinatorEpoch: -1, lastTimestamp: 1700000000000, openTransaction: -1 },
        ...{ lastSequence: 0, lastOffset: 0, offsetDelta: 0 },
      },
    ]);
  });

  it('reads whatever was written', () => {
    const offset = fc.nat(2 ** 40);
    const any = fc.record({
      ids: fc.record({ producerId: fc.nat(2 ** 50), epoch: fc.integer({ min: 0, max: 32767 }) }),
      rest: fc.record({
        coordinatorEpoch: fc.integer({ min: -1, max: 1000 }),
        lastTimestamp: fc.oneof(fc.constant(-1), fc.nat(2 ** 45)),
        openTransaction: fc.oneof(fc.constant(-1), offset),
      }),
      batch: fc.option(fc.tuple(fc.nat(2147483647), offset, fc.nat(1000)), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), (drafts) => {
        const all = drafts.map(({ ids, rest, batch }) => producer({ ...ids, ...rest }, batch));
        const found = readProducerSnapshot(writeProducerSnapshot(all)) as Producer[];
        expect(found.map(facts)).to.deep.equal(all.map(facts));
      }),
    );
  });

  it('refuses every copy with a flipped bit, or cut short', () => {
    const bytes = Buffer.from(golden, 'hex');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(readProducerSnapshot(damaged), `bit ${bit}`).to.be.a('string');
    }
    for (let length = 0; length < bytes.length; length++)
      expect(readProducerSnapshot(bytes.subarray(0, length)), `${length} bytes`).to.be.a('string');
  });
});
