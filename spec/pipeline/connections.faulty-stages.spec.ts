import { duplexPair, Transform } from 'node:stream';
import { expect } from 'chai';
import { type DestinationStream, pino } from 'pino';
import { loadConfig } from '../../lib/config';
import { Connections } from '../../lib/pipeline/connections';
import { fromOperator } from '../../lib/pipeline/from-operator';
import { fromTransform } from '../../lib/pipeline/from-transform';
import type { Where } from '../../lib/pipeline/live-taps';
import { onRequest } from '../../lib/pipeline/on-request';
import { router } from '../../lib/pipeline/router';
import type { Reply, Request, Stage, Taps } from '../../lib/pipeline/seams';
import { stage } from '../../lib/pipeline/stage';
import type { Services } from '../../lib/services';
import { clockAt } from '../support/in-process';
import { answer, echo, frame, frames, settle } from '../support/pipeline';

type Asked = Request | Reply;

/** Connections to an API that says the same again, and what they log as errors and warnings. */
function open(taps: Taps = {}) {
  const logged: string[] = [];
  const lines: DestinationStream = { write: (line) => void logged.push(JSON.parse(line).msg) };
  const same = echo(1, 'pipelined', (n) => ({ n }));
  const logger = pino({ level: 'warn' }, lines);
  const shared = { config: loadConfig({}), scheduler: clockAt(0), logger, apis: new Map([[1, same]]) };
  const connections = new Connections({ ...shared, router: router(shared as Partial<Services> as Services) }, taps);
  const connect = () => {
    const [client, server] = duplexPair();
    const received: Buffer[] = [];
    client.on('data', (chunk: Buffer) => received.push(chunk));
    let isOver = false;
    client.once('close', () => (isOver = true));
    client.once('end', () => (isOver = true));
    connections.handle(server, 'PLAINTEXT');
    return {
      ask: async (...ns: number[]) => {
        for (const n of ns) client.write(frame(1, n, n));
        await settle(30);
      },
      answers: () => frames(Buffer.concat(received)).map((one) => answer(one)[1]),
      isOver: () => isOver,
    };
  };
  return { connections, connect, logged };
}

const fails = (): never => {
  throw new Error('a bug of the user');
};
const nOf = (item: Asked) => (item.is === 'request' ? (item.body as { n: number }).n : 0);
const bare = (each: (item: Asked) => void): Stage<Asked, Asked> =>
  stage('mine', 'objects to objects', () => ({
    each(item, push, done) {
      each(item);
      push(item);
      done();
    },
  }));
const raw = (each: (item: Asked) => void) =>
  fromTransform<Asked>(
    'mine',
    () =>
      new Transform({
        objectMode: true,
        transform(item: Asked, _encoding, done) {
          each(item);
          done(null, item);
        },
      }),
  );
const failsAt = (n: number) => (item: Asked) => (nOf(item) === n ? fails() : undefined);

describe('Connections with a faulty stage', () => {
  for (const [kind, make] of [
    ['a stage written from scratch', bare],
    ['a stream', raw],
  ] as const) {
    it(`end behind what was asked before where ${kind} throws, and all others live on`, async () => {
      const { connect, connections, logged } = open({ requests: [make(failsAt(2))] });
      const [one, other] = [connect(), connect()];
      await one.ask(1);
      await one.ask(2, 3);
      await other.ask(1, 3);
      expect([one.answers(), connections.count]).to.deep.equal([[1], 1]);
      expect([other.answers(), other.isOver()]).to.deep.equal([[1, 3], false]);
      expect(logged).to.deep.equal([
        "stage 'mine' failed",
        "connection closed: stage 'mine' failed: a bug of the user",
      ]);
    });
  }

  it('end where a stage cannot even be made, and the broker lives on', async () => {
    const taps = [fromTransform<Asked>('mine', fails), fromOperator<Asked>('mine', fails)];
    for (const tap of taps) {
      const { connect, logged, connections } = open({ requests: [tap] });
      const one = connect();
      await one.ask(1);
      expect([one.answers(), one.isOver(), connections.count]).to.deep.equal([[], true, 0]);
      expect(logged).to.deep.equal([
        "stage 'mine' failed",
        "connection closed: stage 'mine' failed: a bug of the user",
      ]);
    }
  });

  it('go on without one that cannot be made when it is added, and end', async () => {
    const { connect, connections, logged } = open();
    const one = connect();
    await one.ask(1);
    const remove = connections.taps.add('requests', fromTransform<Asked>('mine', fails));
    await one.ask(2);
    expect([one.isOver(), logged[0]]).to.deep.equal([true, "stage 'mine' failed"]);
    const two = connect();
    await two.ask(1);
    expect(two.isOver()).to.equal(true);
    remove();
    const three = connect();
    await three.ask(3);
    expect(three.answers()).to.deep.equal([3]);
  });

  it('do not have a stage whose predicate fails, and say so', async () => {
    const { connect, connections, logged } = open();
    const where: Where = { when: fails };
    const plus = onRequest('plus', ({ body }) => ({ n: (body as { n: number }).n + 10 }));
    const early = connect();
    connections.taps.add('requests', plus, where);
    const late = connect();
    for (const one of [early, late]) {
      await one.ask(1);
      expect([one.answers(), one.isOver()]).to.deep.equal([[1], false]);
    }
    expect(logged).to.deep.equal(["the predicate of stage 'plus' failed", "the predicate of stage 'plus' failed"]);
  });
});
