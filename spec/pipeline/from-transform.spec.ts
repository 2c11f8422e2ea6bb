import { PassThrough, Transform, type TransformCallback } from 'node:stream';
import { expect } from 'chai';
import through2 from 'through2';
import { fromTransform } from '../../lib/pipeline/from-transform';
import type { Request } from '../../lib/pipeline/seams';
import { answer, echo, frame, run, settle } from '../support/pipeline';
import { ruled } from '../support/stages';

const double = echo(1, 'exclusive', (n) => ({ n: n * 2 }));

describe('fromTransform', () => {
  it('puts streams of Node and of through2 into any seam, one for each connection', async () => {
    const made: number[] = [];
    const bytes = fromTransform<Buffer>('bytes', ({ id }) => {
      made.push(id);
      return new PassThrough();
    });
    const requests = fromTransform<Request>('requests', () =>
      through2.obj((item: Request, _: string, done: TransformCallback) => done(null, { ...item, body: { n: 21 } })),
    );
    expect(bytes.stageName).to.equal('bytes');
    const { client, answers } = run([double], { taps: { inbound: [bytes], requests: [requests as never] } });
    client.write(frame(1, 1, 1));
    await settle();
    expect(answers().map(answer)).to.deep.equal([[1, 42]]);
    expect(made).to.deep.equal([1]);
  });

  it('ends the connection with a line that names the stage when the stream fails', async () => {
    const { rules, logged } = ruled();
    const fails = fromTransform<Buffer>(
      'fails',
      () => new Transform({ transform: (_chunk, _encoding, done) => done(new TypeError('a bug')) }),
    );
    const { client, ended, budget } = run([double], { taps: { inbound: [fails] }, rules });
    client.write(frame(1, 1, 1));
    expect((await ended)?.message).to.equal("stage 'fails' failed: a bug");
    expect(logged.map(({ stage, err }) => [stage, err?.message])).to.deep.equal([['fails', 'a bug']]);
    expect(budget.used).to.equal(0);
  });
});
