import type { Duplex } from 'node:stream';
import { expect } from 'chai';
import type { LiveConnection } from '../../lib/pipeline/connection';
import { Figures } from '../../lib/pipeline/figures';
import { type Onlooker, onlooker } from '../../lib/pipeline/onlooker';
import type { Stage } from '../../lib/pipeline/seams';
import { stage } from '../../lib/pipeline/stage';
import { settle } from '../support/pipeline';
import { live } from '../support/stages';

const passing = stage<string, string>('passing', 'objects to objects', () => ({
  each(item, push, done) {
    push(item);
    done();
  },
}));

const watching = (begin: (connection: LiveConnection) => Onlooker<string>) =>
  onlooker<string>('watching', 'objects to objects', begin);

/** A stream on which the stage rides. */
function ridden(one: Stage<string, string>, connection = live(), figures?: Figures): Duplex {
  const stream = passing(connection);
  expect(one.rides?.(connection, stream, figures)).to.be.a('function');
  return stream;
}

describe('onlooker', () => {
  for (const [where, start] of [
    ['on the stream before it', ridden],
    ['as a stream of its own', (one: Stage<string, string>) => one(live())],
  ] as const)
    it(`sees all that passes, the end, and that the connection is gone: ${where}`, async () => {
      const seen: string[] = [];
      const stream = start(
        watching(() => ({
          each: (item) => seen.push(item),
          ended: () => seen.push('ended'),
          closed: () => seen.push('closed'),
        })),
      );
      const given: string[] = [];
      stream.on('data', (item: string) => given.push(item));
      for (const item of ['a', 'b']) stream.write(item);
      await settle(2);
      expect(seen).to.deep.equal(['a', 'b']);
      stream.end();
      await settle(3);
      stream.destroy();
      await settle(2);
      expect([given, seen]).to.deep.equal([
        ['a', 'b'],
        ['a', 'b', 'ended', 'closed'],
      ]);
    });

  it('sees an item before anybody who comes later', async () => {
    const seen: string[] = [];
    const stream = ridden(watching(() => ({ each: (item) => seen.push(`watched ${item}`) })));
    stream.on('data', (item: string) => seen.push(`given ${item}`));
    stream.write('a');
    await settle(2);
    expect(seen).to.deep.equal(['watched a', 'given a']);
  });

  it('ends the connection in front of an item at which it fails', async () => {
    const connection = live();
    const stream = ridden(
      watching(() => ({
        each(item) {
          if (item === 'bad') throw new Error('cannot look');
        },
      })),
      connection,
    );
    const given: string[] = [];
    stream.on('data', (item: string) => given.push(item));
    stream.on('end', () => given.push('end'));
    for (const item of ['good', 'bad', 'late']) stream.write(item);
    await settle(3);
    expect(given).to.deep.equal(['good', 'end']);
    expect(connection.hangup?.message).to.equal("stage 'watching' failed: cannot look");
  });

  it('ends a connection for which it cannot begin', async () => {
    const connection = live();
    const stream = ridden(
      watching(() => {
        throw new Error('not today');
      }),
      connection,
    );
    stream.resume();
    await settle(2);
    expect([stream.readableEnded, connection.hangup?.message]).to.deep.equal([
      true,
      "stage 'watching' failed: not today",
    ]);
  });

  it('is counted as a stage with a stream of its own is', async () => {
    const figures = new Figures();
    const stream = ridden(figures.of(watching(() => ({ each() {} }))));
    stream.resume();
    stream.write('a');
    await settle(2);
    const { connections, isCounted, isTimed, takesBytes } = figures;
    expect([figures.in, figures.out, connections, isCounted, isTimed, takesBytes]).to.deep.equal([
      1,
      1,
      1,
      true,
      true,
      false,
    ]);
    stream.destroy();
    await settle(2);
    expect(figures.connections).to.equal(0);
  });

  it('gets off again, once, and sees nothing more', async () => {
    const seen: string[] = [];
    const stream = passing(live());
    const getOff = watching(() => ({
      each: (item) => seen.push(item),
      closed: () => seen.push('closed'),
    })).rides!(live(), stream)!;
    stream.resume();
    stream.write('a');
    await settle(2);
    getOff();
    getOff();
    stream.write('b');
    await settle(2);
    stream.destroy();
    await settle(2);
    expect(seen).to.deep.equal(['a', 'closed']);
  });

  it('is a stream of its own where it holds up what comes', async () => {
    const waiting: (() => void)[] = [];
    const slow = onlooker<string>(
      'slow',
      'objects to objects',
      () => ({ each() {} }),
      (done) => waiting.push(done),
    );
    expect(slow.rides).to.equal(undefined);
    const stream = slow(live());
    const given: string[] = [];
    stream.on('data', (item: string) => given.push(item));
    for (const item of ['a', 'b']) stream.write(item);
    await settle(2);
    expect(given).to.deep.equal(['a']);
    waiting.shift()!();
    await settle(2);
    expect(given).to.deep.equal(['a', 'b']);
  });
});
