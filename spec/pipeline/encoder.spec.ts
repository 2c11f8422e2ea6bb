import { expect } from 'chai';
import { stage } from '../../lib/pipeline/stage';
import { Answer } from '../../lib/protocol/api';
import { answer, type EchoResponse, echo, frame, run, settle } from '../support/pipeline';

describe('encoder', () => {
  it('writes length, correlation id and body as one frame, in either header version', async () => {
    const { client, answers } = run([echo(1, 'exclusive', (n) => ({ n, payload: Buffer.from('ab') }))]);
    client.write(Buffer.concat([frame(1, 7, 1), frame(1, 8, 2, Buffer.alloc(0), 2)]));
    await settle();
    expect(answers().map((bytes) => bytes.toString('hex'))).to.deep.equal([
      '00000007' + '00000001' + '000000026162',
      '00000008' + '00' + '00000002' + '036162' + '00',
    ]);
  });

  it('passes large fields on without copying them', async () => {
    const payload = Buffer.alloc(100_000, 'x');
    const passed: Buffer[] = [];
    const { client } = run([echo(1, 'exclusive', (n) => ({ n, payload }))], {
      taps: { outbound: [tap((chunk) => passed.push(chunk))] },
    });
    client.write(frame(1, 1, 1));
    await settle();
    expect(passed.some((chunk) => chunk.buffer === payload.buffer && chunk.length === payload.length)).to.equal(true);
  });

  it('copies lent memory where a tap may still hold it after it has gone back', async () => {
    const payload = Buffer.alloc(100_000, 'x');
    const lends = (n: number) => new Answer<EchoResponse>({ n, payload }, () => void payload.fill('y'));
    const passed: Buffer[] = [];
    const { client, answers } = run([echo(1, 'exclusive', lends)], {
      taps: { outbound: [tap((chunk) => passed.push(chunk))] },
    });
    client.write(frame(1, 1, 1));
    await settle();
    expect(payload[0]).to.equal('y'.charCodeAt(0));
    expect(passed.some((chunk) => chunk.buffer === payload.buffer)).to.equal(false);
    expect(answers()[0]!.includes('y')).to.equal(false);
  });

  it('gives the request’s bytes back to the budget', async () => {
    const { client, budget } = run([echo(1, 'exclusive', (n) => ({ n }))]);
    client.write(frame(1, 1, 1, Buffer.alloc(500)));
    await settle();
    expect(budget.used).to.equal(0);
  });

  it('refuses a request whose answer cannot be written, hands its memory back, and serves on', async () => {
    let released = false;
    const wrong = (n: number) =>
      n === 1 ? new Answer<EchoResponse>({ n: 2 ** 40 }, () => void (released = true)) : { n };
    const { client, answers } = run([echo(1, 'exclusive', wrong)]);
    client.write(Buffer.concat([frame(1, 1, 1), frame(1, 2, 2)]));
    await settle();
    expect(answers().map(answer)).to.deep.equal([
      [1, -1],
      [2, 2],
    ]);
    expect(released).to.equal(true);
  });
});

function tap(look: (chunk: Buffer) => void) {
  return stage<Buffer, Buffer>('look', 'bytes to bytes', () => ({
    each(chunk, push, done) {
      look(chunk);
      push(chunk);
      done();
    },
  }));
}
