import { expect } from 'chai';
import { errors, Hangup } from '../../lib/errors';
import { onReply } from '../../lib/pipeline/on-reply';
import { Answer } from '../../lib/protocol/api';
import { pass, timersOf } from '../support/in-process';
import { answer, echo, frame, run, settle } from '../support/pipeline';
import { ruled } from '../support/stages';

const same = echo(1, 'pipelined', (n) => ({ n }));
const numbered = (...numbers: number[]) => Buffer.concat(numbers.map((n) => frame(1, n, n)));

describe('onReply', () => {
  it('sees the replies of its API with their requests, or of every API', async () => {
    const seen: unknown[] = [];
    const other = echo(2, 'exclusive', (n) => (n === 9 ? null : { n }));
    const taps = [
      onReply(same, 'mine', ({ n }, { request }, connection) => void seen.push([n, request.body.n, connection.id])),
      onReply('all', ({ request }) => void seen.push(request.api.name)),
    ];
    const { client, answers } = run([same, other], { taps: { replies: taps } });
    client.write(Buffer.concat([frame(1, 5, 21), frame(2, 6, 1), frame(2, 7, 9)]));
    await settle();
    expect(seen).to.deep.equal([[21, 21, 1], 'Echo1', 'Echo2']);
    expect(answers()).to.have.lengthOf(2);
  });

  it('changes, drops and refuses answers, and keeps their order', async () => {
    const turn = onReply(same, 'turn', async (body) => {
      await settle(body.n === 1 ? 5 : 1);
      if (body.n === 1) return { ...body, n: 10 };
      if (body.n === 2) return null;
      if (body.n === 3) throw errors.INVALID_RECORD;
      if (body.n === 4) return new Answer({ n: -4 });
      return undefined;
    });
    const { client, answers, budget } = run([same], { taps: { replies: [turn] } });
    client.write(numbered(1, 2, 3, 4, 5));
    await settle(60);
    // biome-ignore format: pairs
    expect(answers().map(answer)).to.deep.equal([[1, 10], [3, 87], [4, -4], [5, 5]]);
    expect(budget.used).to.equal(0);
  });

  it('hangs up behind the answers before', async () => {
    const picky = onReply(same, 'picky', ({ n }) => {
      if (n === 2) throw new Hangup('no twos');
    });
    const { client, answers, ended } = run([same], { taps: { replies: [picky] } });
    client.write(numbered(1, 2, 3));
    expect((await ended)?.message).to.equal('no twos');
    expect(answers().map(answer)).to.deep.equal([[1, 1]]);
  });

  it('costs one request when it fails or never ends', async () => {
    const { rules, clock, logged } = ruled();
    const bad = onReply(same, 'bad', ({ n }) => {
      if (n === 1) throw new TypeError('a bug');
      return n === 2 ? new Promise<undefined>(() => {}) : undefined;
    });
    const { client, answers } = run([same], { taps: { replies: [bad] }, rules });
    client.write(numbered(1, 2, 3));
    await settle();
    pass(clock, 100);
    await settle();
    // biome-ignore format: pairs
    expect(answers().map(answer)).to.deep.equal([[1, -1], [2, 7], [3, 3]]);
    expect(logged.map(({ stage, level }) => [stage, level])).to.deep.equal([
      ['bad', 50],
      ['bad', 40],
    ]);
    expect(timersOf(clock)).to.equal(0);
  });

  it('gives lent memory back once: with what takes its place, or with what is dropped', async () => {
    const released: string[] = [];
    const lends = echo(1, 'pipelined', (n) => new Answer({ n }, () => void released.push(`handler ${n}`)));
    const turn = onReply(lends, 'turn', (body) => {
      if (body.n === 1) return { ...body, n: 10 };
      if (body.n === 2) return null;
      if (body.n === 3) throw errors.INVALID_RECORD;
      if (body.n === 4) return new Answer({ n: -4 }, () => void released.push('stage 4'));
      return undefined;
    });
    const { client, answers } = run([lends], { taps: { replies: [turn] } });
    client.write(numbered(1, 2, 3, 4, 5));
    await settle();
    // biome-ignore format: pairs
    expect(answers().map(answer)).to.deep.equal([[1, 10], [3, 87], [4, -4], [5, 5]]);
    expect(released).to.have.members(['handler 1', 'handler 2', 'handler 3', 'handler 4', 'stage 4', 'handler 5']);
    expect(released).to.have.lengthOf(6);
  });
});
