import { expect } from 'chai';
import { errors, type KafkaError } from '../../lib/errors';
import { SendQueue } from '../../lib/taps/send-queue';
import { settle } from '../support/pipeline';

/** A queue whose sending the spec ends. */
function scripted(maxBytes: number) {
  const sent: string[] = [];
  const ends: ((error: KafkaError | null) => void)[] = [];
  const queue = new SendQueue<string>(maxBytes, (item) => {
    sent.push(item);
    return new Promise((resolve) => ends.push(resolve));
  });
  return { queue, sent, ends };
}

describe('SendQueue', () => {
  it('sends one after the other, and counts what became of each', async () => {
    const { queue, sent, ends } = scripted(100);
    for (const item of ['a', 'b', 'c']) queue.add(item, 10);
    await settle(1);
    expect([sent, queue.figures().waitingBytes]).to.deep.equal([['a'], 30]);
    let isSettled = false;
    const settled = queue.settled().then(() => (isSettled = true));
    ends[0]!(null);
    await settle(1);
    ends[1]!(errors.NOT_ENOUGH_REPLICAS);
    await settle(1);
    expect([sent, isSettled]).to.deep.equal([['a', 'b', 'c'], false]);
    ends[2]!(null);
    await settled;
    expect(queue.figures()).to.deep.equal({ copied: 2, failed: 1, dropped: 0, waitingBytes: 0 });
    await queue.settled();
  });

  it('drops what there is no room for, but takes one of any size where nothing waits', async () => {
    const { queue, sent, ends } = scripted(100);
    queue.add('large', 500);
    queue.add('b', 10);
    expect(queue.figures()).to.include({ dropped: 1, waitingBytes: 500 });
    ends[0]!(null);
    await queue.settled();
    queue.add('c', 60);
    queue.add('d', 60);
    expect([sent, queue.figures().dropped]).to.deep.equal([['large', 'c'], 2]);
  });

  it('sends past the queue what must not wait', async () => {
    const { queue, sent, ends } = scripted(100);
    queue.add('a', 10);
    const now = queue.now('b');
    expect(sent).to.deep.equal(['a', 'b']);
    ends[1]!(errors.NOT_ENOUGH_REPLICAS);
    expect(await now).to.equal(errors.NOT_ENOUGH_REPLICAS);
  });
});
