import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { heartbeat } from '../../lib/apis';
import type { CaptureEvent } from '../../lib/capture/event';
import { LearnedIds } from '../../lib/replay/ids/learned-ids';
import { Pace } from '../../lib/replay/pace';
import { runThrough } from '../../lib/replay/run';
import { frame, opened, requestBytes } from '../support/recordings';
import { rejected } from '../support/thrown';

const ask = (correlationId: number) =>
  frame(1, 'client', requestBytes(heartbeat, 4, { groupId: 'g', generationId: 1, memberId: 'm' }, correlationId));
const events: CaptureEvent[] = [opened(1), ask(1), ask(2)];

describe('runThrough', () => {
  const run = (play: () => Promise<null>) => {
    const closed: string[] = [];
    const options = { recording: events, exchanges: undefined, pace: new Pace(asyncScheduler, null) };
    const going = runThrough({ ...options, ids: new LearnedIds(), play, close: () => closed.push('closed') });
    return { going, closed };
  };

  it('counts what there is nothing to say of, and lets go of the target at the end', async () => {
    const { going, closed } = run(async () => null);
    const outcomes: unknown[] = [];
    for await (const outcome of going) outcomes.push(outcome);
    expect(outcomes).to.deep.equal([]);
    expect(going.tally.connections).to.equal(1);
    expect(closed).to.deep.equal(['closed']);
  });

  it('ends when it is told to, and lets go of the target', async () => {
    let played = 0;
    const { going, closed } = run(async () => {
      played++;
      going.stop();
      return null;
    });
    await going.run();
    expect(played).to.equal(1);
    expect(closed).to.deep.equal(['closed']);
  });

  it('lets go of the target where playing fails', async () => {
    const { going, closed } = run(() => Promise.reject(new Error('gone')));
    expect(await rejected(going.run())).to.have.property('message', 'gone');
    expect(closed).to.deep.equal(['closed']);
  });
});
