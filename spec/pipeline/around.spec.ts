import { expect } from 'chai';
import { errors, Hangup, type KafkaError } from '../../lib/errors';
import { around } from '../../lib/pipeline/around';
import { Answer } from '../../lib/protocol/api';
import { pass, timersOf } from '../support/in-process';
import { answer, echo, frame, run, settle } from '../support/pipeline';
import { ruled } from '../support/stages';

const double = echo(1, 'pipelined', (n) => ({ n: n * 2 }));
const numbered = (...numbers: number[]) => Buffer.concat(numbers.map((n) => frame(1, n, n)));

describe('around', () => {
  it('is there before and after the handler, and gives what next gave when it gives nothing', async () => {
    const seen: string[] = [];
    const watch = around('watch', async ({ request, connection }, next) => {
      seen.push(`${connection.id} ${request.api.name}`);
      seen.push(`gave ${(await next())?.['n']}`);
    });
    const { client, answers } = run([double], { taps: { calls: [watch] } });
    client.write(frame(1, 5, 21));
    await settle();
    expect(seen).to.deep.equal(['1 Echo1', 'gave 42']);
    expect(answers().map(answer)).to.deep.equal([[5, 42]]);
  });

  it('changes what the handler gets and what it gave, refuses, answers, and drops; the last one is the outermost', async () => {
    const inner = around(double, 'inner', async ({ request: { body } }, next) => next({ ...body, n: body.n + 1 }));
    const outer = around(double, 'outer', async ({ request: { body } }, next) => {
      if (body.n === 2) throw errors.INVALID_RECORD;
      if (body.n === 3) return { n: -3 };
      if (body.n === 4) return null;
      const given = await next({ ...body, n: body.n * 100 });
      return { ...given, n: (given?.n ?? 0) + 1 };
    });
    const { client, answers, budget } = run([double], { taps: { calls: [inner, outer] } });
    client.write(numbered(1, 2, 3, 4, 5));
    await settle();
    // biome-ignore format: pairs
    expect(answers().map(answer)).to.deep.equal([[1, 203], [2, 87], [3, -3], [5, 1003]]);
    expect(budget.used).to.equal(0);
  });

  it('leaves the calls of other APIs alone', async () => {
    const other = echo(2, 'exclusive', (n) => ({ n }));
    const never = around(other, 'never', async () => ({ n: 0 }));
    const { client, answers } = run([double, other], { taps: { calls: [never] } });
    client.write(frame(1, 1, 1));
    await settle();
    expect(answers().map(answer)).to.deep.equal([[1, 2]]);
  });

  it('lets pipelined calls overlap, and starts their handlers in the order of the requests', async () => {
    const started: number[] = [];
    const handler = echo(1, 'pipelined', async (n) => {
      started.push(n);
      await settle(3);
      return { n };
    });
    const entered: number[] = [];
    const late = around(handler, 'late', async ({ request }, next) => {
      entered.push(request.body.n);
      if (request.body.n === 1) await settle(10);
      return next();
    });
    const { client, answers } = run([handler], { taps: { calls: [late] } });
    client.write(numbered(1, 2, 3));
    await settle(5);
    expect([entered, started]).to.deep.equal([[1, 2, 3], []]);
    await settle(30);
    expect(started).to.deep.equal([1, 2, 3]);
    expect(answers().map(answer)).to.deep.equal([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('starts handlers at once where the stage does not wait', async () => {
    const order: string[] = [];
    const handler = echo(1, 'pipelined', (n) => {
      order.push(`handles ${n}`);
      return { n };
    });
    const quick = around(handler, 'quick', (_call, next) => {
      const given = next();
      order.push('has gone on');
      return given;
    });
    const { client } = run([handler], { taps: { calls: [quick] } });
    client.write(numbered(1));
    await settle();
    expect(order).to.deep.equal(['handles 1', 'has gone on']);
  });

  it('hears of refusals and of bugs as KafkaErrors, and may make something of them', async () => {
    const { rules, logged } = ruled();
    const fails = echo(1, 'pipelined', (n) => {
      if (n === 1) throw errors.INVALID_RECORD;
      throw new TypeError('a bug');
    });
    const caught: unknown[] = [];
    const keen = around(fails, 'keen', async ({ request }, next) => {
      try {
        return await next();
      } catch (error) {
        caught.push((error as KafkaError).name);
        if (request.body.n === 3) return { n: 33 };
        throw error;
      }
    });
    const { client, answers } = run([fails], { taps: { calls: [keen] }, rules });
    client.write(numbered(1, 2, 3));
    await settle();
    // biome-ignore format: pairs
    expect(answers().map(answer)).to.deep.equal([[1, 87], [2, -1], [3, 33]]);
    expect(caught).to.deep.equal(['INVALID_RECORD', 'UNKNOWN_SERVER_ERROR', 'UNKNOWN_SERVER_ERROR']);
    expect(logged.map(({ msg, err }) => `${msg}: ${err?.message}`)).to.deep.equal([
      'Echo1 v1 failed: a bug',
      'Echo1 v1 failed: a bug',
    ]);
  });

  it('hangs up in order', async () => {
    const picky = around(double, 'picky', async ({ request }, next) => {
      if (request.body.n === 2) throw new Hangup('no twos');
      return next();
    });
    const { client, answers, ended } = run([double], { taps: { calls: [picky] } });
    client.write(numbered(1, 2, 3));
    expect((await ended)?.message).to.equal('no twos');
    expect(answers().map(answer)).to.deep.equal([[1, 2]]);
  });

  it('costs one request when it fails, forgets to answer, or goes on twice', async () => {
    const { rules, logged } = ruled();
    const bad = around(double, 'bad', async ({ request }, next) => {
      if (request.body.n === 1) throw new TypeError('a bug');
      if (request.body.n === 2) return;
      await next();
      if (request.body.n === 3) await next();
    });
    const { client, answers } = run([double], { taps: { calls: [bad] }, rules });
    client.write(numbered(1, 2, 3, 4));
    await settle();
    // biome-ignore format: pairs
    expect(answers().map(answer)).to.deep.equal([[1, -1], [2, -1], [3, -1], [4, 8]]);
    expect(logged.map(({ err }) => err?.message)).to.have.members([
      'a bug',
      "stage 'bad' gave no answer and did not wait for that of next()",
      "stage 'bad' called next() twice",
    ]);
  });

  it('has a deadline for its own time, and none for the handler’s', async () => {
    const { rules, clock } = ruled();
    let answered: (body: { n: number }) => void = () => {};
    const polls = echo(1, 'pipelined', (n) =>
      n === 1 ? new Promise<{ n: number }>((resolve) => (answered = resolve)) : { n },
    );
    const slow = around(polls, 'slow', async ({ request }, next) => {
      const given = await next();
      if (request.body.n === 2) await new Promise(() => {});
      return given;
    });
    const { client, answers, budget } = run([polls], { taps: { calls: [slow] }, rules });
    client.write(numbered(1, 2, 3));
    await settle();
    pass(clock, 10_000);
    answered({ n: 11 });
    await settle();
    // biome-ignore format: pairs
    expect(answers().map(answer)).to.deep.equal([[1, 11], [2, 7], [3, 3]]);
    expect([budget.used, timersOf(clock)]).to.deep.equal([0, 0]);
  });

  it('gives lent memory back once, whatever the stage made of the answer', async () => {
    const { rules, clock } = ruled();
    const released: string[] = [];
    const lends = echo(1, 'pipelined', async (n) => {
      await settle(1);
      return new Answer({ n }, () => void released.push(`handler ${n}`));
    });
    const turn = around(lends, 'turn', async ({ request }, next) => {
      const { n } = request.body;
      if (n === 1) return next();
      if (n === 2) {
        void next();
        return { n: -2 };
      }
      const given = await next();
      if (n === 3) return { ...given, n: 30 };
      if (n === 4) return null;
      if (n === 5) throw errors.INVALID_RECORD;
      if (n === 6) return new Answer({ n: 60 }, () => void released.push('stage 6'));
      await new Promise(() => {});
    });
    const { client, answers } = run([lends], { taps: { calls: [turn] }, rules });
    client.write(numbered(1, 2, 3, 4, 5, 6, 7));
    await settle(30);
    pass(clock, 100);
    await settle();
    // biome-ignore format: pairs
    expect(answers().map(answer)).to.deep.equal([[1, 1], [2, -2], [3, 30], [5, 87], [6, 60], [7, 7]]);
    const all = [1, 2, 3, 4, 5, 6, 7].map((n) => `handler ${n}`);
    expect(released.toSorted()).to.deep.equal([...all, 'stage 6']);
  });
});
