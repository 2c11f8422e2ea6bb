import { expect } from 'chai';
import { entryHeadBytes, Slab, textOf } from '../../../lib/capture/thread/slab';
import { opened } from '../../support/recordings';

const latin1 = (bytes: Buffer, start: number, end: number) => bytes.toString('latin1', start, end);

describe('Slab', () => {
  it('gives what was put down, in order, as far as it is read', () => {
    const slab = new Slab(new ArrayBuffer(1000));
    slab.putIncident(textOf(opened(1)));
    slab.putMessage(0xffffffff, Buffer.from('ab'), 1.5);
    slab.put(2, 'broker', Buffer.from('c'), 1_700_000_000_000.25);
    const { length } = slab;
    slab.put(2, 'client', Buffer.from('later'), 3);
    const read: unknown[] = [];
    new Slab(slab.memory).read(length, {
      incident: (incident) => read.push(incident),
      bytes: (connection, from, atMs, ...bytes) => read.push([connection, from, latin1(...bytes), atMs]),
    });
    expect(read).to.deep.equal([
      opened(1),
      [0xffffffff, 'client', '\0\0\0\x02ab', 1.5],
      [2, 'broker', 'c', 1_700_000_000_000.25],
    ]);
  });

  it('says how much still fits', () => {
    const slab = new Slab(new ArrayBuffer(entryHeadBytes + 5));
    expect(slab.room).to.equal(5);
    slab.put(1, 'client', Buffer.from('abcde'), 0);
    expect(slab.room).to.be.lessThan(1);
  });
});
