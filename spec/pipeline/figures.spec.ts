import { PassThrough, Transform } from 'node:stream';
import { expect } from 'chai';
import { map } from 'rxjs';
import { Figures } from '../../lib/pipeline/figures';
import { fromOperator } from '../../lib/pipeline/from-operator';
import { fromTransform } from '../../lib/pipeline/from-transform';
import { stage } from '../../lib/pipeline/stage';
import { settle } from '../support/pipeline';
import { live } from '../support/stages';

const numbers = (figures: Figures) => [figures.in, figures.out, figures.bytesIn, figures.bytesOut];

describe('Figures', () => {
  it('are those of all streams of a stage, also when these are gone', async () => {
    const figures = new Figures();
    const half = figures.of(
      stage<string, string>('half', 'objects to objects', () => {
        let n = 0;
        return {
          each(item, push, done) {
            if (n++ % 2 === 0) push(item);
            done();
          },
        };
      }),
    );
    expect(half.stageName).to.equal('half');
    const [one, other] = [half(live()), half(live())];
    expect(figures.connections).to.equal(2);
    for (const stream of [one, other]) {
      stream.resume();
      for (const item of ['a', 'b', 'c']) stream.write(item);
    }
    await settle(2);
    one.destroy();
    await settle(2);
    expect(figures.connections).to.equal(1);
    expect([figures.isCounted, figures.isTimed, ...numbers(figures)]).to.deep.equal([true, true, 6, 4, 0, 0]);
  });

  it('know bytes on a side where bytes flow', async () => {
    const figures = new Figures();
    const doubled = stage<Buffer, Buffer>('double', 'bytes to bytes', () => ({
      each(chunk, push, done) {
        push(Buffer.concat([chunk, chunk]));
        done();
      },
    }));
    const stream = figures.of(doubled)(live());
    stream.resume();
    stream.write(Buffer.alloc(10));
    await settle(2);
    expect([figures.takesBytes, figures.givesBytes, ...numbers(figures)]).to.deep.equal([true, true, 1, 1, 10, 20]);
  });

  it('tell what waits: in the buffers of its streams, and in the stage itself', async () => {
    const figures = new Figures();
    const kept: string[] = [];
    const keeps = stage<string, string>('keeps', 'objects to objects', () => ({
      each(item, _push, done) {
        kept.push(item);
        if (kept.length < 3) done();
      },
      held: () => kept.length,
    }));
    const stream = figures.of(keeps)(live());
    for (const item of ['a', 'b', 'c', 'd']) stream.write(item);
    await settle(2);
    expect(kept).to.deep.equal(['a', 'b', 'c']);
    expect(figures.waiting(), 'three in it; of those in its buffer Node counts the one at work').to.deep.equal({
      messages: 3 + 2,
      bytes: 0,
    });
  });

  it('count operators and streams of others, which are not timed', async () => {
    const operator = new Figures();
    const mapped = operator.of(
      fromOperator<string>(
        'map',
        map((item) => `${item}!`),
      ),
    )(live());
    const transform = new Figures();
    const passed = transform.of(fromTransform<Buffer>('pass', () => new PassThrough()))(live());
    for (const stream of [mapped, passed]) stream.resume();
    mapped.write('a');
    passed.write(Buffer.alloc(7));
    await settle(2);
    expect([operator.isCounted, operator.isTimed, ...numbers(operator)]).to.deep.equal([true, false, 1, 1, 0, 0]);
    expect([transform.isCounted, transform.isTimed, ...numbers(transform)]).to.deep.equal([true, false, 1, 1, 7, 7]);
  });

  it('do not count what was written bare, and forget a stream that never says that it is gone', () => {
    const figures = new Figures();
    const bare = Object.assign(() => new Transform({ emitClose: false }), { stageName: 'bare' });
    const stream = figures.of(bare)(live());
    expect([figures.isCounted, figures.connections]).to.deep.equal([false, 1]);
    stream.destroy();
    expect(figures.connections).to.equal(0);
  });
});
