import { expect } from 'chai';
import { errors } from '../../lib/errors';
import { Producers, type SequencedBatch } from '../../lib/storage/producers';

const maxSequence = 2147483647;

/** A batch of `count` records; producer 7, epoch 0. */
function batch(baseSequence: number, count = 1, others: Partial<SequencedBatch> = {}): SequencedBatch {
  const last = baseSequence + count - 1;
  return {
    producerId: 7,
    producerEpoch: 0,
    baseSequence,
    lastSequence: last > maxSequence ? last - maxSequence - 1 : last,
    maxTimestamp: 1000,
    isTransactional: false,
    ...others,
  };
}

/** What the batches led to, written one behind the other from offset 0. */
class Log {
  readonly producers = new Producers();
  next = 0;

  /** Base offset, `again` and the first offset for a duplicate, or the name of the error. */
  write(one: SequencedBatch): number | string {
    const first = this.producers.duplicate(one);
    if (first) return `again ${first.lastOffset - first.offsetDelta}`;
    const refusal = this.producers.refusal(one);
    if (refusal) return refusal.name;
    const count = ((one.lastSequence - one.baseSequence + maxSequence + 1) % (maxSequence + 1)) + 1;
    const base = this.next;
    this.next += count;
    this.producers.note(one, base, this.next - 1);
    return base;
  }
}

const order = errors.OUT_OF_ORDER_SEQUENCE_NUMBER.name;
const fenced = errors.INVALID_PRODUCER_EPOCH.name;

describe('Producers', () => {
  const cases: [what: string, ...steps: [SequencedBatch, number | string][]][] = [
    ['accept consecutive sequences', [batch(0, 3), 0], [batch(3, 2), 3], [batch(5), 5]],
    ['accept any first sequence of an unknown producer', [batch(41), 0], [batch(42), 1]],
    ['refuse a gap', [batch(0), 0], [batch(2), order], [batch(1), 1]],
    ['refuse a sequence that is over', [batch(0, 5), 0], [batch(2, 2), order]],
    ['answer a batch sent again as the first time', [batch(0, 3), 0], [batch(3), 3], [batch(0, 3), 'again 0']],
    ['take no batch for the same that ends elsewhere', [batch(0, 3), 0], [batch(0, 2), order]],
    [
      'remember five batches',
      ...[0, 1, 2, 3, 4, 5].map((sequence): [SequencedBatch, number] => [batch(sequence), sequence]),
      [batch(1), 'again 1'],
      [batch(0), order],
    ],
    [
      'go on with 0 behind the last sequence number',
      [batch(maxSequence - 1, 2), 0],
      [batch(0), 2],
      [batch(maxSequence - 1, 2), 'again 0'],
    ],
    [
      'know a batch again that goes over the last sequence number',
      [batch(maxSequence, 3), 0],
      [batch(2), 3],
      [batch(maxSequence, 3), 'again 0'],
    ],
    ['refuse an old epoch', [batch(0, 1, { producerEpoch: 3 }), 0], [batch(1, 1, { producerEpoch: 2 }), fenced]],
    [
      'begin a new epoch with sequence 0',
      [batch(0), 0],
      [batch(1, 1, { producerEpoch: 1 }), order],
      [batch(0, 1, { producerEpoch: 1 }), 1],
      [batch(1, 1, { producerEpoch: 1 }), 2],
    ],
    [
      'do not take the same sequence of a new epoch for a duplicate',
      [batch(0, 2), 0],
      [batch(0, 2, { producerEpoch: 1 }), 2],
      [batch(0, 2), fenced],
    ],
    ['tell producers apart', [batch(0), 0], [batch(0, 1, { producerId: 8 }), 1], [batch(1, 1, { producerId: 8 }), 2]],
    [
      'refuse a batch outside the transaction that is open',
      [batch(0, 1, { isTransactional: true }), 0],
      [batch(1), errors.INVALID_TXN_STATE.name],
    ],
  ];
  for (const [what, ...steps] of cases) {
    it(what, () => {
      const log = new Log();
      for (const [i, [one, expected]] of steps.entries()) expect(log.write(one), `step ${i}`).to.equal(expected);
    });
  }

  it('answer a duplicate with the largest timestamp of the first', () => {
    const log = new Log();
    log.write(batch(0, 1, { maxTimestamp: 4711 }));
    expect(log.producers.duplicate(batch(0, 1, { maxTimestamp: 5000 }))?.timestamp).to.equal(4711);
  });

  it('say what was expected', () => {
    const log = new Log();
    log.write(batch(0, 3));
    expect(log.producers.refusal(batch(9))?.message).to.equal('producer 7 sent sequence 9, expected 3');
  });

  describe('with transactions', () => {
    const end = (aborted: boolean, others = {}) => ({
      ...{ producerId: 7, producerEpoch: 0, coordinatorEpoch: 1, aborted, timestamp: 2000 },
      ...others,
    });
    const open = (producerId: number, sequence = 0) => batch(sequence, 1, { producerId, isTransactional: true });

    it('know where the first open one begins', () => {
      const log = new Log();
      expect(log.producers.firstUnstableOffset).to.equal(-1);
      log.write(open(7));
      log.write(open(8));
      log.write(open(7, 1));
      expect(log.producers.firstUnstableOffset).to.equal(0);
      const completed = log.producers.end(end(true), 3);
      expect(completed).to.deep.equal({ producerId: 7, firstOffset: 0, lastOffset: 3, aborted: true });
      // Until the marker can be read the records before it stay hidden.
      expect(log.producers.firstUnstableOffset).to.equal(0);
      expect(log.producers.lastStableOffset(completed!)).to.equal(1);
      log.producers.complete(completed!);
      expect(log.producers.firstUnstableOffset).to.equal(1);
    });

    it('give the offset behind the marker as stable when nothing else is open', () => {
      const log = new Log();
      log.write(open(7));
      const completed = log.producers.end(end(false), 1)!;
      expect(log.producers.lastStableOffset(completed)).to.equal(2);
    });

    it('complete nothing with a marker for which there is no data', () => {
      const log = new Log();
      expect(log.producers.end(end(true), 0)).to.equal(null);
      expect(log.producers.get(7)?.lastSequence).to.equal(-1);
    });

    it('begin the sequence anew when the marker brings a new epoch', () => {
      const log = new Log();
      log.write(open(7));
      log.producers.end(end(false, { producerEpoch: 1 }), 1);
      expect(log.write(batch(1, 1, { producerEpoch: 1 }))).to.equal(order);
      expect(log.write(batch(0, 1, { producerEpoch: 1 }))).to.equal(1);
    });

    it('go on with the sequence when the marker has the same epoch', () => {
      const log = new Log();
      log.write(open(7));
      log.producers.complete(log.producers.end(end(false), 1)!);
      expect(log.write(open(7, 1))).to.equal(1);
    });

    it('refuse markers of old epochs and of old coordinators', () => {
      const log = new Log();
      log.write(batch(0, 1, { producerEpoch: 3, isTransactional: true }));
      log.producers.end(end(false, { producerEpoch: 3, coordinatorEpoch: 5 }), 1);
      expect(log.producers.endRefusal(end(false, { producerEpoch: 2, coordinatorEpoch: 5 }))?.name).to.equal(fenced);
      expect(log.producers.endRefusal(end(false, { producerEpoch: 3, coordinatorEpoch: 4 }))?.name).to.equal(
        errors.TRANSACTION_COORDINATOR_FENCED.name,
      );
      expect(log.producers.endRefusal(end(false, { producerEpoch: 3, coordinatorEpoch: 5 }))).to.equal(null);
    });

    it('forget producers that are idle, and none with an open transaction', () => {
      const log = new Log();
      log.write(batch(0, 1, { producerId: 1, maxTimestamp: 100 }));
      log.write(batch(0, 1, { producerId: 2, maxTimestamp: 200 }));
      log.write(batch(0, 1, { producerId: 3, maxTimestamp: 100, isTransactional: true }));
      log.producers.expire(100);
      expect([...log.producers].map(({ producerId }) => producerId)).to.deep.equal([2, 3]);
    });
  });
});
