import { duplexPair, Transform } from 'node:stream';
import { expect } from 'chai';
import { pino } from 'pino';
import { loadConfig } from '../../lib/config';
import { Connections } from '../../lib/pipeline/connections';
import { fromTransform } from '../../lib/pipeline/from-transform';
import type { Where } from '../../lib/pipeline/live-taps';
import { onReply } from '../../lib/pipeline/on-reply';
import { onRequest } from '../../lib/pipeline/on-request';
import { onlooker } from '../../lib/pipeline/onlooker';
import type { Reply, Request, Stage } from '../../lib/pipeline/seams';
import { UsageError } from '../../lib/usage';
import { clockAt } from '../support/in-process';
import { answer, echo, frame, frames, settle, shared } from '../support/pipeline';

const same = echo(1, 'exclusive', (n) => ({ n }));
const plus = (by: number) => onRequest(same, `plus ${by}`, (body) => ({ ...body, n: body.n + by }));

/** Connections to an API that says the same again. */
function open() {
  const logger = pino({ level: 'silent' });
  const services = { config: loadConfig({}), scheduler: clockAt(0), logger, apis: new Map([[1, same]]) };
  const connections = new Connections(shared(services), {});
  const connect = (listener = 'PLAINTEXT') => {
    const [client, server] = duplexPair();
    const received: Buffer[] = [];
    client.on('data', (chunk: Buffer) => received.push(chunk));
    connections.handle(server, listener);
    const all = () => frames(Buffer.concat(received)).map((one) => answer(one)[1]);
    const ask = async (n: number) => {
      client.write(frame(1, n, n));
      await settle();
      return all().at(-1);
    };
    return Object.assign(ask, { all });
  };
  return { taps: connections.taps, connect };
}

describe('LiveTaps', () => {
  it('adds a stage to connections that are open, and to those that come, and removes it from both', async () => {
    const { taps, connect } = open();
    const early = connect();
    expect(await early(1)).to.equal(1);
    const remove = taps.add('requests', plus(10));
    const late = connect();
    expect([await early(2), await late(2)]).to.deep.equal([12, 12]);
    const removeOther = taps.add(
      'replies',
      onReply(same, 'double', (body) => ({ ...body, n: body.n * 2 })),
    );
    expect([await early(3), await late(3)]).to.deep.equal([26, 26]);
    remove();
    remove();
    expect([await early(4), await late(4), await connect()(4)]).to.deep.equal([8, 8, 8]);
    removeOther();
    expect([await early(5), await late(5), await connect()(5)]).to.deep.equal([5, 5, 5]);
  });

  it('shows open connections and later ones to a stage that only looks, until it is removed', async () => {
    const { taps, connect } = open();
    const early = connect();
    await early(1);
    const seen: string[] = [];
    const looks = onlooker<Request | Reply>('looks', 'objects to objects', () => ({
      each: (item) => seen.push(item.is),
      closed: () => seen.push('closed'),
    }));
    let streams = 0;
    const counted: typeof looks = Object.assign((...given: Parameters<typeof looks>) => {
      streams++;
      return looks(...given);
    }, looks);
    const remove = taps.add('requests', counted);
    const late = connect();
    expect([await early(2), await late(3), seen]).to.deep.equal([2, 3, ['request', 'request']]);
    expect(streams, 'it rides on those that are there').to.equal(0);
    remove();
    expect([await early(4), await late(5), seen]).to.deep.equal([4, 5, ['request', 'request', 'closed', 'closed']]);
  });

  it('adds it to the connections of a listener, and to those that a predicate says', async () => {
    const { taps, connect } = open();
    const one = connect('A');
    taps.add('requests', plus(10), { listener: 'A' });
    taps.add('requests', plus(100), { when: ({ id }) => id === 2 });
    const [two, three] = [connect('B'), connect('A')];
    expect([await one(1), await two(1), await three(1)]).to.deep.equal([11, 101, 11]);
  });

  it('adds stages of bytes to the connections that come', async () => {
    const { taps, connect } = open();
    const seen: number[] = [];
    const watch = fromTransform<Buffer>(
      'watch',
      () =>
        new Transform({
          transform(chunk: Buffer, _encoding, done) {
            seen.push(chunk.length);
            done(null, chunk);
          },
        }),
    );
    const early = connect();
    const removers = [taps.add('inbound', watch), taps.add('outbound', watch)];
    const late = connect();
    expect([await early(1), seen]).to.deep.equal([1, []]);
    expect([await late(1), seen]).to.deep.equal([1, [26, 16]]);
    for (const remove of removers) remove();
    expect(await connect()(1)).to.equal(1);
    expect(seen).to.have.lengthOf(2);
  });

  it('keeps the order of requests that are under way while stages come and go', async () => {
    const { taps, connect } = open();
    const ask = connect();
    const slow = onRequest(same, 'slow', async () => {
      await settle(2);
    });
    const numbers = Array.from({ length: 20 }, (_, i) => i);
    for (const n of numbers) {
      const remove = taps.add('requests', slow);
      void ask(n);
      await settle(1);
      remove();
    }
    await settle(200);
    expect(ask.all()).to.deep.equal(numbers);
  });

  it('adds all stages of a tap, and removes all of them', async () => {
    const { taps, connect } = open();
    const ask = connect();
    const double = onReply(same, 'double', (body) => ({ ...body, n: body.n * 2 }));
    const remove = taps.add({ requests: [plus(1), plus(10)], replies: [double] }, { when: ({ id }) => id === 1 });
    expect([await ask(1), await connect()(1)]).to.deep.equal([24, 1]);
    remove();
    expect(await ask(2)).to.equal(2);
  });

  it('refuses a stage that does not fit, and options that there are not, and then adds nothing', async () => {
    const { taps, connect } = open();
    const given: unknown = plus(1);
    const wrong = given as Stage<Reply, Reply>;
    expect(() => taps.add('replies', wrong)).to.throw(
      UsageError,
      "taps.add: replies: stage 'plus 1' does not fit there",
    );
    expect(() => taps.add({ requests: [plus(1)], replies: [wrong] })).to.throw(UsageError, 'does not fit');
    expect(() => taps.add('requests', plus(1), { listner: 'A' } as Where)).to.throw(
      UsageError,
      'did you mean listener?',
    );
    expect(await connect()(1)).to.equal(1);
  });

  it('refuses a seam that there is not', () => {
    const { taps } = open();
    expect(() =>
      taps.add(
        'answers' as 'replies',
        onReply('x', () => {}),
      ),
    ).to.throw(
      UsageError,
      'taps.add: no seam "answers": there are inbound, frames, requests, calls, replies, outbound',
    );
  });
});
