import { expect } from 'chai';
import { heartbeat, produce } from '../../lib/apis';
import { type CallEvent, callsOf } from '../../lib/capture/calls';
import type { CaptureEvent } from '../../lib/capture/event';
import { answerBytes, closed, frame, opened, requestBytes, stream } from '../support/recordings';

const ask = (connection: number, correlationId: number, atMs = 0) =>
  frame(
    connection,
    'client',
    requestBytes(heartbeat, 4, { groupId: 'g', generationId: 1, memberId: 'm' }, correlationId),
    atMs,
  );
const answer = (connection: number, correlationId: number, atMs = 0) =>
  frame(connection, 'broker', answerBytes(heartbeat, 4, { errorCode: 0 }, correlationId), atMs);

async function calls(events: CaptureEvent[], options = {}): Promise<CallEvent[]> {
  const made: CallEvent[] = [];
  for await (const event of callsOf(stream(events), options)) made.push(event);
  return made;
}

/** Each event as `what connection/correlation id`. */
function told(events: readonly CallEvent[]): string[] {
  return events.map((event) => {
    if ('request' in event) return `${event.is} ${event.request.connection}/${event.request.header.correlationId}`;
    if (event.is === 'stray') return `stray ${event.frame.connection}: ${event.why}`;
    return `${event.is} ${event.connection}`;
  });
}

describe('callsOf', () => {
  it('pairs by connection and correlation id, in the order of the recording', async () => {
    const events = [
      opened(1),
      opened(2),
      ask(1, 5),
      ask(2, 5),
      ask(1, 6),
      answer(2, 5),
      answer(1, 5),
      answer(1, 6),
      closed(1),
    ];
    expect(told(await calls(events))).to.deep.equal([
      'opened 1',
      'opened 2',
      'asked 1/5',
      'asked 2/5',
      'asked 1/6',
      'answered 2/5',
      'answered 1/5',
      'answered 1/6',
      'closed 1',
    ]);
  });

  it('gives each request its number, its client and its times', async () => {
    const made = await calls([opened(1), ask(1, 1, 10), answer(1, 1, 12), ask(1, 2, 20)]);
    const over = made[2]!;
    expect(over.is === 'answered' && over.request).to.include({ number: 1, client: '127.0.0.1:50001', sentAtMs: 10 });
    expect(over.is === 'answered' && over.answer.latencyMs).to.equal(2);
    expect(made[3]!.is === 'asked' && made[3]!.request.number).to.equal(2);
  });

  it('pairs ids that come again, the oldest first', async () => {
    const made = await calls([opened(1), ask(1, 1, 1), ask(1, 1, 2), answer(1, 1, 3), answer(1, 1, 4)]);
    const latencies = made.map((event) => (event.is === 'answered' ? event.answer.latencyMs : null));
    expect(latencies).to.deep.equal([null, null, null, 2, 2]);
  });

  it('expects no answer to Produce with acks=0', async () => {
    const bytes = requestBytes(produce, 9, { acks: 0, timeoutMs: 1, topicData: [] }, 1);
    const made = await calls([opened(1), frame(1, 'client', bytes), ask(1, 2), answer(1, 2)]);
    expect(told(made)).to.deep.equal(['opened 1', 'asked 1/1', 'unanswered 1/1', 'asked 1/2', 'answered 1/2']);
    expect(made[2]).to.include({ isExpected: true });
  });

  it('tells what is missing before an answer that came', async () => {
    const made = await calls([opened(1), ask(1, 1), ask(1, 2), answer(1, 2)]);
    expect(told(made).slice(3)).to.deep.equal(['unanswered 1/1', 'answered 1/2']);
    expect(made[3]).to.include({ isExpected: false, why: 'the answer to a later request came before its own' });
  });

  it('tells an answer that nobody asked for', async () => {
    const made = await calls([answer(1, 9)]);
    expect(told(made)).to.deep.equal(['stray 1: answers request 9, which was not recorded']);
  });

  it('tells frames that are no messages', async () => {
    const made = await calls([
      opened(1),
      frame(1, 'client', Buffer.from('00', 'hex')),
      frame(1, 'broker', Buffer.from('00', 'hex')),
    ]);
    expect(told(made).slice(1)).to.deep.equal([
      'stray 1: no request: apiKey at byte 0: 2 bytes needed, 1 left',
      'stray 1: no answer: 1 bytes',
    ]);
  });

  it('tells what was never answered, at the end of its connection', async () => {
    const made = await calls([opened(1), ask(1, 1), closed(1, 'broker', 5)]);
    expect(told(made).slice(2)).to.deep.equal(['unanswered 1/1', 'closed 1']);
    expect(made[2]).to.include({ atMs: 5, why: 'the broker ended the connection before an answer' });
  });

  it('tells what was never answered, at the end of the recording', async () => {
    const made = await calls([opened(1), ask(1, 1), opened(2, 8)]);
    expect(told(made)).to.deep.equal(['opened 1', 'asked 1/1', 'opened 2', 'unanswered 1/1']);
    expect(made[3]).to.include({ atMs: 8, why: 'the recording ended before an answer' });
  });

  it('lets the oldest request go when too many bytes wait', async () => {
    const made = await calls([opened(1), opened(2), ask(2, 1), ask(1, 2), ask(1, 3), answer(1, 2)], {
      pendingMaxBytes: 1000,
    });
    expect(told(made).slice(2)).to.deep.equal([
      'asked 2/1',
      'asked 1/2',
      'asked 1/3',
      'unanswered 2/1',
      'answered 1/2',
      'unanswered 1/3',
    ]);
    expect(made[5]).to.include({ why: 'requests of more than 1000 bytes wait for an answer' });
  });

  it('passes on what was lost', async () => {
    const lost = { is: 'lost', connection: 1, atMs: 0, from: 'broker', bytes: 10, why: 'spec' } as const;
    expect(told(await calls([lost]))).to.deep.equal(['lost 1']);
  });
});
