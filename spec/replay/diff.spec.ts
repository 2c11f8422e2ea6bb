import { expect } from 'chai';
import { heartbeat, metadata } from '../../lib/apis';
import type { CaptureEvent } from '../../lib/capture/event';
import { type Diffed, diff } from '../../lib/replay/diff';
import { frame, opened, requestBytes } from '../support/recordings';
import { beat, ScriptedBroker } from '../support/scripted-broker';

const body = { groupId: 'g', generationId: 1, memberId: 'm' };
const pair = (correlationId: number): CaptureEvent[] => [
  frame(1, 'client', requestBytes(heartbeat, 4, body, correlationId)),
  frame(1, 'broker', beat(correlationId)),
];
const saying = (errorCode: (correlationId: number) => number | null) =>
  new ScriptedBroker(({ correlationId }) => {
    const code = errorCode(correlationId);
    return code === null ? 'hang up' : beat(correlationId, code);
  });

async function diffed(events: CaptureEvent[], a: ScriptedBroker, b: ScriptedBroker): Promise<Diffed[]> {
  const found: Diffed[] = [];
  for await (const one of diff(events, { a, b }, { settleMaxMs: 0 })) found.push(one);
  return found;
}

describe('diff', () => {
  it('holds the answers of two brokers against each other, whatever was recorded', async () => {
    const [a, b] = [saying(() => 25), saying((id) => (id === 1 ? 25 : 27))];
    const found = await diffed([opened(1), ...pair(1), ...pair(2)], a, b);
    expect(found.map(({ verdict, a, b }) => [verdict, a.verdict, b.verdict])).to.deep.equal([
      ['same', 'differs', 'differs'],
      ['differs', 'differs', 'differs'],
    ]);
    expect(found[1]!.differences[0]).to.include({ path: 'errorCode', recorded: 25, replayed: 27 });
  });

  it('says which of them has not answered', async () => {
    const found = await diffed(
      [opened(1), ...pair(1)],
      saying(() => 0),
      saying(() => null),
    );
    expect(found[0]).to.include({ verdict: 'no answer', why: 'a: answers, b: the broker ended the connection' });
  });

  it('does not compare what one of them does not serve', async () => {
    const asked = frame(1, 'client', requestBytes(metadata, 9, { topics: null }, 1));
    const answer = frame(1, 'broker', Buffer.from('0000000100', 'hex'));
    const found = await diffed(
      [opened(1), asked, answer],
      saying(() => 0),
      saying(() => 0),
    );
    expect(found[0]).to.include({ verdict: 'unserved', why: 'not served' });
  });

  it('counts', async () => {
    const run = diff(
      [opened(1), ...pair(1), ...pair(2)],
      { a: saying(() => 0), b: saying((id) => id) },
      { settleMaxMs: 0 },
    );
    expect(await run.run()).to.include({ compared: 2, differences: 2 });
  });
});
