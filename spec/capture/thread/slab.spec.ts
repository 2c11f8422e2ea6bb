import { expect } from 'chai';
import { entryHeadBytes, Slab, textOf } from '../../../lib/capture/thread/slab';
import { opened } from '../../support/recordings';

const latin1 = (bytes: Buffer, start: number, end: number) => bytes.toString('latin1', start, end);

describe('Slab', () => {
  it('gives what was put down, in order, as far as it is read', () => {
    const slab = new Slab(new ArrayBuffer(1000));
    const long = Buffer.alloc(100, 'x');
    slab.putIncident(textOf(opened(1)));
    slab.putMessage(0xffffffff, Buffer.from('ab'), 1.5);
    slab.put(2, 'broker', 1_700_000_000_000.25, Buffer.from('abcd'), 2, 3, 0);
    slab.put(2, 'broker', 2, long, 1, 99, 7);
    const { length } = slab;
    slab.put(2, 'client', 3, Buffer.from('later'), 0, 5, 0);
    const read: unknown[] = [];
    new Slab(slab.memory).read(length, {
      incident: (incident) => read.push(incident),
      bytes: (connection, from, atMs, bytes, start, end, missing) =>
        read.push([connection, from, latin1(bytes, start, end), atMs, missing]),
    });
    expect(read).to.deep.equal([
      opened(1),
      [0xffffffff, 'client', '\0\0\0\x02ab', 1.5, 0],
      [2, 'broker', 'c', 1_700_000_000_000.25, 0],
      [2, 'broker', 'x'.repeat(98), 2, 7],
    ]);
  });

  it('says how much still fits', () => {
    const slab = new Slab(new ArrayBuffer(entryHeadBytes + 5));
    expect(slab.room).to.equal(5);
    slab.put(1, 'client', 0, Buffer.from('abcde'), 0, 5, 0);
    expect(slab.room).to.be.lessThan(1);
  });
});
