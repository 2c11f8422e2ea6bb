import { expect } from 'chai';
import fc from 'fast-check';
import { InOrder } from '../../../lib/capture/pcap/in-order';
import type { Segment } from '../../../lib/capture/pcap/segment';

const text = 'the quick brown fox jumps over the lazy dog';

class Seen {
  readonly items: string[] = [];
  bytes(chunk: Buffer): void {
    this.items.push(chunk.toString());
  }
  gap(bytes: number, _atMs: number, why: string): void {
    this.items.push(`<${bytes} ${why}>`);
  }
}

function piece(sequence: number, payload: string, more: Partial<Segment> = {}): Segment {
  const flags = { isSyn: false, isFin: false, isReset: false, acknowledged: null };
  return { atMs: 1, key: '', sequence: sequence >>> 0, payload: Buffer.from(payload), cutBytes: 0, ...flags, ...more };
}

describe('InOrder', () => {
  let seen: Seen;
  let stream: InOrder;
  beforeEach(() => {
    seen = new Seen();
    stream = new InOrder(seen);
  });

  it('gives once and in order whatever overlaps, comes twice or overtakes, also where numbers wrap around', () => {
    const spans = fc.array(fc.tuple(fc.nat(text.length - 1), fc.integer({ min: 1, max: 9 })), { maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), spans, (begin, extra) => {
        const one = new Seen();
        const order = new InOrder(one);
        order.begin(begin);
        const all = [...extra, ...Array.from({ length: text.length }, (_, i) => [i, 1] as const).reverse()];
        for (const [at, size] of all) order.add(piece(begin + at, text.slice(at, at + size)));
        expect(one.items.join('')).to.equal(text);
        expect(order.isOver).to.equal(false);
      }),
    );
  });

  it('begins where the first bytes are if it saw no begin', () => {
    stream.add(piece(100, ''));
    stream.add(piece(500, 'abc'));
    stream.add(piece(499, 'xabcd'));
    expect(seen.items).to.deep.equal(['abc', 'd']);
  });

  it('gives up what was acknowledged and does not come', () => {
    stream.begin(0);
    stream.add(piece(0, 'ab'));
    stream.add(piece(5, 'fg'));
    for (let i = 0; i < 32; i++) stream.acknowledge(7, 1);
    expect(seen.items).to.deep.equal(['ab']);
    stream.acknowledge(7, 1);
    expect(seen.items).to.deep.equal(['ab', '<3 not captured>', 'fg']);
  });

  it('waits for what comes late, although it was acknowledged', () => {
    stream.begin(0);
    for (let i = 0; i < 20; i++) stream.acknowledge(2, 1);
    stream.add(piece(0, 'ab'));
    for (let i = 0; i < 20; i++) stream.acknowledge(4, 1);
    stream.add(piece(2, 'cd'));
    expect(seen.items).to.deep.equal(['ab', 'cd']);
  });

  it('keeps a bounded number of bytes and pieces, copied', () => {
    stream.begin(0);
    const payload = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < 17; i++) stream.add({ ...piece(1 + i * payload.length, ''), payload });
    expect(seen.items[0]).to.equal('<1 not captured>');
    expect(seen.items).to.have.lengthOf(18);
    payload.fill('y');
    expect(seen.items[1]![0]).to.equal('x');
  });

  it('tells at the end of what never came', () => {
    stream.begin(0);
    stream.add(piece(3, 'd'));
    stream.acknowledge(9, 1);
    stream.end(2);
    expect(seen.items).to.deep.equal(['<3 not captured>', 'd', '<5 not captured>']);
  });

  it('tells of bytes that were captured in part', () => {
    stream.begin(0);
    stream.add(piece(0, 'ab', { cutBytes: 4 }));
    stream.add(piece(6, 'gh'));
    expect(seen.items).to.deep.equal(['ab', '<4 captured in part only (snaplen)>', 'gh']);
  });

  it('is over when everything up to the FIN has come, which is no byte', () => {
    stream.begin(0);
    stream.add(piece(2, 'cd', { isFin: true }));
    expect(stream.isOver).to.equal(false);
    stream.add(piece(0, 'ab'));
    stream.acknowledge(5, 1);
    stream.end(1);
    expect([stream.isOver, seen.items]).to.deep.equal([true, ['ab', 'cd']]);
  });

  it('counts what is of no window', () => {
    stream.begin(0);
    stream.add(piece(0, 'ab'));
    stream.add(piece(2 ** 30 + 100, 'zz'));
    stream.add(piece(-(2 ** 30), 'zzz'));
    stream.add(piece(-5000, 'old'));
    stream.end(1);
    expect([seen.items, stream.strayBytes]).to.deep.equal([['ab'], 5]);
  });
});
