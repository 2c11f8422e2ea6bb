import { expect } from 'chai';
import fc from 'fast-check';
import { Queue } from '../../lib/pipeline/queue';
import { settle } from '../support/pipeline';

describe('Queue', () => {
  it('lets who is first go on at once, and gives back what came of it', () => {
    const queue = new Queue();
    expect(queue.enter().inTurn(() => 1)).to.equal(1);
    expect(queue.enter().inTurn(() => 2)).to.equal(2);
    expect(() =>
      queue.enter().inTurn(() => {
        throw new TypeError('no');
      }),
    ).to.throw(TypeError, 'no');
    expect(queue.enter().inTurn(() => 3)).to.equal(3);
  });

  it('starts calls in the order in which they entered, whoever is ready first and whoever leaves', async () => {
    const acts = fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 });
    const leavers = fc.subarray([0, 1, 2, 3, 4, 5]);
    await fc.assert(
      fc.asyncProperty(acts, leavers, async (order, leaving) => {
        const queue = new Queue();
        const places = order.map(() => queue.enter());
        const started: number[] = [];
        for (const i of order) {
          if (leaving.includes(i)) places[i]!.leave();
          else Promise.resolve(places[i]!.inTurn(() => started.push(i))).catch(() => {});
        }
        await settle(2);
        expect(started).to.deep.equal([0, 1, 2, 3, 4, 5].filter((i) => !leaving.includes(i)));
      }),
      { numRuns: 100 },
    );
  });

  it('rejects who waited and throws when it goes on, and serves the next', async () => {
    const queue = new Queue();
    const [first, second, third] = [queue.enter(), queue.enter(), queue.enter()];
    const failing = Promise.resolve(
      second.inTurn((): number => {
        throw new TypeError('no');
      }),
    ).catch((error: Error) => error.message);
    const last = third.inTurn(() => 3);
    first.leave();
    expect(await failing).to.equal('no');
    expect(await last).to.equal(3);
  });
});
