import { expect } from 'chai';
import { lastValueFrom, toArray } from 'rxjs';
import { heartbeat } from '../../lib/apis';
import type { CaptureEvent } from '../../lib/capture/event';
import { replay } from '../../lib/replay/replay';
import { TargetError } from '../../lib/replay/served';
import { UsageError } from '../../lib/usage';
import { frame, opened, requestBytes, stream } from '../support/recordings';
import { beat, ScriptedBroker } from '../support/scripted-broker';

const ask = (correlationId: number, groupId = 'g') =>
  frame(1, 'client', requestBytes(heartbeat, 4, { groupId, generationId: 1, memberId: 'm' }, correlationId));
const pair = (correlationId: number) => [ask(correlationId), frame(1, 'broker', beat(correlationId))];
const events: CaptureEvent[] = [opened(1), ...pair(1), ...pair(2), ...pair(3)];
const broker = () => new ScriptedBroker(({ correlationId }) => beat(correlationId, correlationId === 2 ? 25 : 0));

describe('replay', () => {
  it('gives what came of each request, and counts', async () => {
    const run = replay(events, broker());
    const verdicts: string[] = [];
    for await (const { verdict } of run) verdicts.push(verdict);
    expect(verdicts).to.deep.equal(['same', 'differs', 'same']);
    expect(run.tally).to.include({ requests: 3, connections: 1, compared: 3, differences: 1 });
  });

  it('runs to its end for whoever wants the count only', async () => {
    expect((await replay(stream(events), broker()).run()).differences).to.equal(1);
  });

  it('is an Observable for whoever wants one', async () => {
    const found = await lastValueFrom(replay(events, broker()).asObservable().pipe(toArray()));
    expect(found.map(({ request }) => request.number)).to.deep.equal([1, 2, 3]);
  });

  it('plays what a stage of one’s own has made of a recording', async () => {
    async function* renamed(recording: Iterable<CaptureEvent>) {
      for (const event of recording)
        yield event.is === 'frame' && event.from === 'client' ? ask(event.bytes.readInt32BE(4), 'other') : event;
    }
    const target = broker();
    await replay(renamed(events), target).run();
    expect(target.heard.map(({ bytes }) => bytes.includes('other'))).to.deep.equal([true, true, true]);
  });

  it('stops when it is told to, and has counted what was', async () => {
    const run = replay(events, broker());
    for await (const _ of run) run.stop();
    expect(run.tally.compared).to.equal(1);
  });

  it('goes on from what an earlier one has learned', async () => {
    const first = replay(events, broker());
    await first.run();
    const second = replay(events, broker(), { ids: first.ids });
    expect(second.ids).to.equal(first.ids);
    await second.run();
  });

  it('rejects where the target cannot be reached', async () => {
    const dead = { name: 'it', connect: () => Promise.reject(new Error('no')) };
    const error = await replay(events, dead)
      .run()
      .then(
        () => null,
        (error) => error,
      );
    expect(error).to.be.instanceOf(TargetError).with.property('message', 'it cannot be reached: no');
  });

  it('refuses options that there are not', () => {
    expect(() => replay(events, broker(), { scheduller: 1 } as never)).to.throw(UsageError, 'did you mean scheduler?');
  });
});
