import { expect } from 'chai';
import { errors, Hangup } from '../../lib/errors';
import { onRequest } from '../../lib/pipeline/on-request';
import type { Request } from '../../lib/pipeline/seams';
import { Answer } from '../../lib/protocol/api';
import { pass, timersOf } from '../support/in-process';
import { answer, echo, frame, run, settle } from '../support/pipeline';
import { ruled } from '../support/stages';

const double = echo(1, 'exclusive', (n) => ({ n: n * 2 }));
const numbered = (...numbers: number[]) => Buffer.concat(numbers.map((n) => frame(1, n, n)));

describe('onRequest', () => {
  it('sees the requests of its API with their bodies, and nothing else', async () => {
    const seen: unknown[] = [];
    const other = echo(2, 'exclusive', (n) => ({ n }));
    const see = onRequest(double, 'see', ({ n }, { header }, connection) => {
      seen.push([n, header.correlationId, connection.id]);
    });
    const { client, answers } = run([double, other], { taps: { requests: [see] } });
    client.write(Buffer.concat([frame(1, 5, 21), frame(2, 6, 1)]));
    await settle();
    expect(seen).to.deep.equal([[21, 5, 1]]);
    expect(answers().map(answer)).to.deep.equal([
      [5, 42],
      [6, 1],
    ]);
  });

  it('sees the requests of every API where it names none', async () => {
    const seen: string[] = [];
    const see = onRequest('see', ({ api }) => void seen.push(api.name));
    const { client } = run([double, echo(2, 'exclusive', (n) => ({ n }))], { taps: { requests: [see] } });
    client.write(Buffer.concat([frame(1, 1, 1), frame(2, 2, 2)]));
    await settle();
    expect(seen).to.deep.equal(['Echo1', 'Echo2']);
  });

  it('changes, answers, refuses and drops, and keeps the order, whether at once or later', async () => {
    const turn = onRequest(double, 'turn', (body) => {
      if (body.n === 1) return { ...body, n: 10 };
      if (body.n === 2) return new Answer({ n: -2 });
      if (body.n === 3) throw errors.INVALID_RECORD;
      if (body.n === 4) return null;
      return undefined;
    });
    const later = onRequest(double, 'later', async (body) => {
      await settle(body.n === 10 ? 5 : 1);
      if (body.n === 5) return new Answer({ n: -5 });
      if (body.n === 6) throw errors.NOT_LEADER_OR_FOLLOWER;
      return body.n === 7 ? { ...body, n: 70 } : undefined;
    });
    const { client, answers, budget } = run([double], { taps: { requests: [turn, later] } });
    client.write(numbered(1, 2, 3, 4, 5, 6, 7, 8));
    await settle(60);
    // biome-ignore format: pairs
    const expected = [[1, 20], [2, -2], [3, 87], [5, -5], [6, 6], [7, 140], [8, 16]];
    expect(answers().map(answer)).to.deep.equal(expected);
    expect(budget.used).to.equal(0);
  });

  it('hangs up behind everything that was asked before', async () => {
    const picky = onRequest(double, 'picky', ({ n }) => {
      if (n === 2) throw new Hangup('no twos');
    });
    const { client, answers, ended } = run([double], { taps: { requests: [picky] } });
    client.write(numbered(1, 2, 3));
    expect((await ended)?.message).to.equal('no twos');
    expect(answers().map(answer)).to.deep.equal([[1, 2]]);
  });

  it('costs one request when it fails, or makes what is nothing of the kind', async () => {
    const { rules, logged } = ruled();
    const broken = onRequest(double, 'broken', ({ n }) => {
      if (n === 1) throw new TypeError('a bug');
      return n === 2 ? (7 as never) : undefined;
    });
    const { client, answers } = run([double], { taps: { requests: [broken] }, rules });
    client.write(numbered(1, 2, 3));
    await settle();
    // biome-ignore format: pairs
    const expected = [[1, -1], [2, -1], [3, 6]];
    expect(answers().map(answer)).to.deep.equal(expected);
    expect(logged.map(({ stage, err }) => `${stage}: ${err?.message}`)).to.deep.equal([
      'broken: a bug',
      "broken: stage 'broken' gave a number; expected a body, an Answer, null or nothing",
    ]);
  });

  it('is given up when it never answers, and leaves nothing behind', async () => {
    const { rules, clock } = ruled();
    const stuck = onRequest(double, 'stuck', ({ n }) => (n === 1 ? new Promise<undefined>(() => {}) : undefined));
    const { client, answers, budget } = run([double], { taps: { requests: [stuck] }, rules });
    client.write(numbered(1, 2));
    await settle();
    expect(answers()).to.have.lengthOf(0);
    pass(clock, 100);
    await settle();
    // biome-ignore format: pairs
    const expected = [[1, 7], [2, 4]];
    expect(answers().map(answer)).to.deep.equal(expected);
    expect([budget.used, timersOf(clock)]).to.deep.equal([0, 0]);
  });

  it('gives back what it holds when the connection is lost while it thinks', async () => {
    const { rules, clock } = ruled();
    let released = 0;
    let go: (made: Answer<typeof double.response>) => void = () => {};
    const slow = onRequest(double, 'slow', () => new Promise<Answer<typeof double.response>>((to) => (go = to)));
    const { client, connection, ended } = run([double], { taps: { requests: [slow] }, rules });
    client.write(numbered(1));
    await settle();
    client.destroy();
    connection.close();
    go(new Answer({ n: 1 }, () => void released++));
    await settle();
    expect([released, timersOf(clock)]).to.deep.equal([1, 0]);
    void ended;
  });

  it('never answers a request that waits for no answer: it refuses by hanging up', async () => {
    const silent = { ...double, isAnswered: () => false };
    const turn = onRequest(silent, 'turn', ({ n }) => {
      if (n === 1) return new Answer({ n: 1 });
      throw errors.INVALID_RECORD;
    });
    const { client, answers, ended } = run([silent], { taps: { requests: [turn] } });
    client.write(numbered(1, 2));
    expect((await ended)?.message).to.equal('Echo1 without an answer failed: INVALID_RECORD');
    expect(answers()).to.have.lengthOf(0);
  });

  it('lets bytes pass that it has not changed as they are: a slice of the frame', async () => {
    let passed: Request | null = null;
    const other = echo(2, 'exclusive', (n) => ({ n }));
    const taps = [
      onRequest(other, 'elsewhere', (body) => ({ ...body, n: 0 })),
      onRequest('look', (request) => void (passed = request)),
    ];
    const { client } = run([double, other], { taps: { requests: taps } });
    client.write(frame(1, 1, 1, Buffer.alloc(10_000, 7)));
    await settle();
    const { frame: whole, body } = passed! as Request & { body: { payload: Buffer } };
    expect(body.payload.buffer).to.equal(whole.bytes.buffer);
    expect(body.payload).to.deep.equal(Buffer.alloc(10_000, 7));
  });
});
