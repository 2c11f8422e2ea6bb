import { expect } from 'chai';
import { Hangup } from '../../lib/errors';
import { Budget } from '../../lib/pipeline/budget';
import { LiveConnection } from '../../lib/pipeline/connection';
import { stage } from '../../lib/pipeline/stage';
import { settle } from '../support/pipeline';

const live = () =>
  new LiveConnection({ id: 1, listener: 'L', remoteAddress: '', budget: new Budget(1), maxQueuedBytes: 1 });

describe('stage', () => {
  it('has a name, and state of its own for each connection', async () => {
    const counting = stage<string, string>('counting', 'objects to objects', () => {
      let n = 0;
      return {
        each(item, push, done) {
          push(`${item}${++n}`);
          done();
        },
      };
    });
    expect(counting.stageName).to.equal('counting');
    const seen: string[][] = [[], []];
    for (const i of [0, 1]) {
      const stream = counting(live());
      stream.on('data', (item: string) => seen[i]!.push(item));
      stream.write('a');
      stream.write('b');
    }
    await settle(2);
    expect(seen).to.deep.equal([
      ['a1', 'b2'],
      ['a1', 'b2'],
    ]);
  });

  it('ends behind what it pushed when it hangs up, and takes nothing more', async () => {
    const picky = stage<string, string>('picky', 'objects to objects', () => ({
      each(item, push, done) {
        if (item === 'bad') return done(new Hangup('bad item'));
        push(item);
        done();
      },
    }));
    const connection = live();
    const stream = picky(connection);
    const seen: string[] = [];
    stream.on('data', (item: string) => seen.push(item));
    stream.on('end', () => seen.push('end'));
    for (const item of ['good', 'bad', 'late']) stream.write(item);
    await settle(3);
    expect(seen).to.deep.equal(['good', 'end']);
    expect(connection.hangup?.message).to.equal('bad item');
  });

  it('does no work behind a hang-up that comes after its item was done', async () => {
    const worked: string[] = [];
    const late = stage<string, string>('late', 'objects to objects', (_connection, hangUp) => ({
      each(item, _push, done) {
        worked.push(item);
        done();
        if (item === 'bad') hangUp(new Hangup('too late to say'));
      },
    }));
    const stream = late(live());
    stream.resume();
    for (const item of ['good', 'bad', 'lost']) stream.write(item);
    await settle(3);
    expect(worked).to.deep.equal(['good', 'bad']);
  });

  it('lets next to nothing wait: two objects, or 64 KiB', () => {
    const begin = () => ({ each: (_item: unknown, _push: unknown, done: () => void) => done() });
    const marks = (['bytes to objects', 'objects to bytes'] as const).map((shape) => {
      const stream = stage<unknown, unknown>('any', shape, begin)(live());
      return [stream.writableHighWaterMark, stream.readableHighWaterMark];
    });
    expect(marks).to.deep.equal([
      [65536, 2],
      [2, 65536],
    ]);
  });

  it('fails with any other error', async () => {
    const broken = stage<string, string>('broken', 'objects to objects', () => ({
      each: (_item, _push, done) => done(new TypeError('a bug')),
    }));
    const stream = broken(live());
    const error = new Promise<Error>((resolve) => stream.on('error', resolve));
    stream.write('x');
    expect((await error).message).to.equal('a bug');
  });
});
