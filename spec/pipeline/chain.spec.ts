import { PassThrough, Transform, Writable } from 'node:stream';
import { expect } from 'chai';
import { Chain } from '../../lib/pipeline/chain';
import { settle } from '../support/pipeline';

/** A stream that adds its letter, and lets what it has taken go on when it is told to, or at once. */
function letter(name: string, isHeld = false) {
  const held: (() => void)[] = [];
  const stream = new Transform({
    objectMode: true,
    transform(item: string, _encoding, done) {
      const goOn = () => done(null, `${item}${name}`);
      if (isHeld) held.push(goOn);
      else goOn();
    },
  });
  return { stream, letGo: () => held.shift()!() };
}

function chain() {
  const seen: string[] = [];
  const ends: (Error | null)[] = [];
  const links = [new PassThrough({ objectMode: true }), new PassThrough({ objectMode: true })] as const;
  const last = new Writable({ objectMode: true, write: (item: string, _encoding, done) => done(void seen.push(item)) });
  const made = new Chain(links, last, (error) => ends.push(error));
  return { made, seen, ends, first: links[0], second: links[1], last };
}

describe('Chain', () => {
  it('lets items through to the end, and says once that it is over', async () => {
    const { seen, ends, first } = chain();
    first.write('1');
    first.end('2');
    await settle();
    expect([seen, ends]).to.deep.equal([['1', '2'], [null]]);
    expect(first.destroyed).to.equal(true);
  });

  it('tells which stream gives to another one, but not while that changes or has ended', async () => {
    const { made, first, second } = chain();
    expect(made.before(second)).to.equal(first);
    const held = letter('a', true);
    const takeOut = made.insert(held.stream, second);
    expect(made.before(second)).to.equal(held.stream);
    first.write('1');
    await settle(2);
    takeOut();
    expect(made.before(second)).to.equal(null);
    const over = chain();
    over.made.destroy();
    await settle(2);
    expect(over.made.before(over.second)).to.equal(null);
  });

  it('is over with the first error of any of them, and destroys the rest', async () => {
    const { made, ends, second, last } = chain();
    const { stream } = letter('a');
    made.insert(stream, second);
    stream.destroy(new TypeError('a bug'));
    await settle();
    expect(ends.map((error) => error?.message)).to.deep.equal(['a bug']);
    expect([second.destroyed, last.destroyed]).to.deep.equal([true, true]);
  });

  it('puts streams in and takes them out while items flow: none is lost, none overtakes another', async () => {
    const { made, seen, first, second, ends } = chain();
    first.write('1');
    await settle(2);
    const takeOutA = made.insert(letter('a').stream, second);
    first.write('2');
    await settle(2);
    const held = letter('b', true);
    const takeOutB = made.insert(held.stream, second);
    first.write('3');
    await settle(2);
    takeOutB();
    takeOutA();
    made.insert(letter('c').stream, second);
    first.write('4');
    await settle(2);
    expect(seen).to.deep.equal(['1', '2a']);
    held.letGo();
    await settle(4);
    first.end('5');
    await settle(4);
    expect(seen.slice(0, 3)).to.deep.equal(['1', '2a', '3ab']);
    expect(seen.slice(3).map((item) => item[0])).to.deep.equal(['4', '5']);
    expect(seen.at(-1)).to.equal('5c');
    expect(ends).to.deep.equal([null]);
  });

  it('leaves alone what has ended', async () => {
    const { made, seen, first, second, ends } = chain();
    const takeOut = made.insert(letter('a').stream, second);
    first.end('1');
    await settle(1);
    takeOut();
    made.insert(letter('b').stream, second);
    await settle();
    takeOut();
    expect([seen, ends]).to.deep.equal([['1a'], [null]]);
  });
});
