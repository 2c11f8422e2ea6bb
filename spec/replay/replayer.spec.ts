import { type Duplex, duplexPair } from 'node:stream';
import { expect } from 'chai';
import { heartbeat, metadata } from '../../lib/apis';
import { callsOf } from '../../lib/capture/calls';
import type { CaptureEvent } from '../../lib/capture/event';
import { checkReplayOptions, type ReplayOptions } from '../../lib/replay/options';
import type { Outcome } from '../../lib/replay/outcome';
import { Replayer } from '../../lib/replay/replayer';
import { targetOf } from '../../lib/replay/target';
import { clockAt, pass } from '../support/in-process';
import { closed, frame, opened, requestBytes } from '../support/recordings';
import { beat, type Heard, ScriptedBroker } from '../support/scripted-broker';

const ask = (connection: number, correlationId: number, atMs = 0, clientId = 'me') =>
  frame(
    connection,
    'client',
    requestBytes(heartbeat, 4, { groupId: 'g', generationId: 1, memberId: 'm' }, correlationId, clientId),
    atMs,
  );
const answered = (connection: number, correlationId: number, errorCode = 0, atMs = 0) =>
  frame(connection, 'broker', beat(correlationId, errorCode), atMs);
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function outcomes(
  events: CaptureEvent[],
  broker: ScriptedBroker,
  options: ReplayOptions = {},
): Promise<Outcome[]> {
  const replayer = new Replayer(targetOf(broker), checkReplayOptions('spec', { scheduler: clockAt(0), ...options }));
  const found: Outcome[] = [];
  for await (const event of callsOf(events)) {
    const outcome = await replayer.take(event);
    if (outcome !== null) found.push(outcome);
  }
  replayer.close();
  return found;
}
const verdicts = (found: readonly Outcome[]) => found.map(({ verdict }) => verdict);
const order = (heard: readonly Heard[]) =>
  heard.map(({ connection, correlationId }) => `${connection}/${correlationId}`);

describe('Replayer', () => {
  it('sends each connection’s requests over one of its own, and compares what comes', async () => {
    const broker = new ScriptedBroker(({ correlationId }) => beat(correlationId, correlationId === 3 ? 27 : 0));
    const events = [
      opened(1),
      opened(2),
      ask(1, 1),
      answered(1, 1),
      ask(2, 2),
      answered(2, 2),
      ask(1, 3),
      answered(1, 3),
    ];
    const found = await outcomes(events, broker);
    expect(verdicts(found)).to.deep.equal(['same', 'same', 'differs']);
    expect(found[2]!.differences[0]).to.include({ path: 'errorCode', recorded: 0, replayed: 27 });
    // The first connection asked what is served.
    expect(order(broker.heard)).to.deep.equal(['2/1', '3/2', '2/3']);
  });

  it('sends after an answer what was sent after it, and lets overlap what overlapped', async () => {
    let release: () => void = () => {};
    const broker = new ScriptedBroker(async ({ correlationId }) => {
      if (correlationId === 1) await new Promise<void>((resolve) => (release = resolve));
      return beat(correlationId);
    });
    const events = [
      opened(1),
      opened(2),
      ask(1, 1),
      ask(2, 2),
      answered(2, 2),
      answered(1, 1),
      ask(2, 3),
      answered(2, 3),
    ];
    const running = outcomes(events, broker);
    for (let i = 0; i < 20; i++) await turn();
    expect(order(broker.heard)).to.deep.equal(['2/1', '3/2']);
    release();
    await running;
    expect(order(broker.heard)).to.deep.equal(['2/1', '3/2', '3/3']);
  });

  it('does not ask for what is not served, and goes on', async () => {
    const broker = new ScriptedBroker(({ correlationId }) => beat(correlationId));
    const bytes = requestBytes(metadata, 9, { topics: null }, 1);
    const events = [
      opened(1),
      frame(1, 'client', bytes),
      frame(1, 'broker', Buffer.alloc(20, 0).fill(1, 3, 4)),
      ask(1, 2),
      answered(1, 2),
    ];
    const found = await outcomes(events, broker);
    expect(found.map(({ verdict, why }) => [verdict, why])).to.deep.equal([
      ['unserved', 'not served'],
      ['same', null],
    ]);
    expect(broker.heard).to.have.lengthOf(1);
  });

  it('leaves out what brokers say to each other', async () => {
    const broker = new ScriptedBroker(({ correlationId }) => beat(correlationId));
    const events = [
      opened(1),
      ask(1, 1, 0, 'broker-1-txn-marker-sender'),
      answered(1, 1),
      ask(1, 2, 0, 'broker-app'),
      answered(1, 2),
    ];
    expect(verdicts(await outcomes(events, broker))).to.deep.equal(['left out', 'same']);
  });

  it('says of what the recording does not answer just that', async () => {
    const broker = new ScriptedBroker(() => null);
    const found = await outcomes([opened(1), ask(1, 1), closed(1)], broker);
    expect(found.map(({ verdict, why }) => [verdict, why])).to.deep.equal([
      ['not recorded', 'the client ended the connection before an answer'],
    ]);
  });

  it('connects again when the broker has hung up, and says so', async () => {
    const broker = new ScriptedBroker(({ correlationId }) => (correlationId === 1 ? 'hang up' : beat(correlationId)));
    const found = await outcomes([opened(1), ask(1, 1), answered(1, 1), ask(1, 2), answered(1, 2)], broker);
    expect(found.map(({ verdict, why }) => [verdict, why])).to.deep.equal([
      ['no answer', 'the broker ended the connection'],
      ['same', null],
    ]);
  });

  it('waits for an answer as long as it may, and gives up a broker that hangs', async () => {
    const clock = clockAt(0);
    const broker = new ScriptedBroker(() => null);
    const events = [1, 2, 3].flatMap((id) => [ask(1, id, 0), answered(1, id, 0, 500)]);
    const running = outcomes([opened(1), ...events], broker, { scheduler: clock, answerMaxMs: 1000 }).then(
      () => null,
      (error: Error) => error,
    );
    for (let heard = 1; heard <= 3; heard++) {
      while (broker.heard.length < heard) await turn();
      pass(clock, 1499);
      for (let i = 0; i < 20; i++) await turn();
      expect(broker.heard).to.have.lengthOf(heard);
      pass(clock, 1);
    }
    const why = 'no answer 1000 ms after it was due (the recording waited 500)';
    expect((await running)?.message).to.equal(`the target hangs: 3 requests in a row had ${why}`);
  });

  it('asks again while the target is not ready', async () => {
    const clock = clockAt(0);
    let asked = 0;
    const broker = new ScriptedBroker(({ correlationId }) => beat(correlationId, ++asked < 3 ? 15 : 0));
    const running = outcomes([opened(1), ask(1, 1), answered(1, 1)], broker, { scheduler: clock });
    let found: Outcome[] | null = null;
    void running.then((made) => (found = made));
    while (found === null) {
      pass(clock, 10);
      await turn();
    }
    expect(found[0]).to.include({ verdict: 'same', retries: 2 });
  });

  it('lets go of a connection that opens when it has ended', async () => {
    let release: ((stream: Duplex) => void) | null = null;
    // The first one is asked what is served.
    const broker = new ScriptedBroker(() => null);
    let isFirst = true;
    const connect = () => {
      if (!isFirst) return new Promise<Duplex>((resolve) => (release = resolve));
      isFirst = false;
      return broker.connect();
    };
    const late = { connect };
    const replayer = new Replayer(targetOf(late), checkReplayOptions('spec', { scheduler: clockAt(0) }));
    const asked = (async () => {
      for await (const event of callsOf([opened(1), ask(1, 1)])) await replayer.take(event);
    })().catch(() => {});
    while (release === null) await turn();
    replayer.close();
    const [mine, theirs] = duplexPair();
    theirs.resume();
    const ended = new Promise((resolve) => theirs.once('end', resolve));
    (release as (stream: Duplex) => void)(mine);
    await ended;
    void asked;
  });

  it('waits but once for what does not come', async () => {
    const clock = clockAt(0);
    const broker = new ScriptedBroker(({ correlationId }) => beat(correlationId, 15));
    const running = outcomes([opened(1), ask(1, 1), answered(1, 1), ask(1, 2), answered(1, 2)], broker, {
      scheduler: clock,
    });
    let found: Outcome[] | null = null;
    void running.then((made) => (found = made));
    while (found === null) {
      pass(clock, 100);
      await turn();
    }
    expect(verdicts(found)).to.deep.equal(['differs', 'differs']);
    const [first, second] = (found as Outcome[]).map(({ retries }) => retries);
    expect(first).to.be.greaterThan(5);
    expect(second).to.equal(0);
  });

  it('waits for the recorded times where it is told to', async () => {
    const clock = clockAt(0);
    const broker = new ScriptedBroker(({ correlationId }) => beat(correlationId));
    const events = [opened(1), ask(1, 1, 1000), answered(1, 1, 0, 1001), ask(1, 2, 3000), answered(1, 2, 0, 3001)];
    const running = outcomes(events, broker, { scheduler: clock, speed: 2 });
    for (let i = 0; i < 50; i++) await turn();
    expect(broker.heard).to.have.lengthOf(1);
    pass(clock, 1000);
    expect(verdicts(await running)).to.deep.equal(['same', 'same']);
  });
});
