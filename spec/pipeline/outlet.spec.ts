import { Duplex } from 'node:stream';
import { expect } from 'chai';
import { Budget } from '../../lib/pipeline/budget';
import { LiveConnection } from '../../lib/pipeline/connection';
import { outlet } from '../../lib/pipeline/outlet';
import { settle } from '../support/pipeline';

/** A socket that keeps each write the system would see. */
function socket() {
  const writes: string[] = [];
  let finish: (() => void) | null = null;
  const stalled = { now: false };
  const stream = new Duplex({
    read() {},
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => (chunk as Buffer).toString()).join(''));
      if (stalled.now) finish = done;
      else done();
    },
  });
  return { stream, writes, stalled, go: () => finish!() };
}

function connection() {
  return new LiveConnection({ id: 1, listener: 'L', remoteAddress: '', budget: new Budget(1), maxQueuedBytes: 1 });
}

describe('outlet', () => {
  it('writes what one burst led to at once', async () => {
    const { stream, writes } = socket();
    const out = outlet(connection(), stream);
    out.write(Buffer.from('a'));
    out.write(Buffer.from('b'));
    process.nextTick(() => out.write(Buffer.from('c')));
    await settle(2);
    out.write(Buffer.from('d'));
    await settle(2);
    expect(writes).to.deep.equal(['abc', 'd']);
  });

  it('hands memory back when the socket has taken the bytes over, not before', async () => {
    const { stream, stalled, go } = socket();
    const live = connection();
    const out = outlet(live, stream);
    const released: number[] = [];
    stalled.now = true;
    live.encodedBytes = 2;
    live.whenSent(() => released.push(1));
    live.encodedBytes = 4;
    live.whenSent(() => released.push(2));
    out.write(Buffer.from('ab'));
    await settle(2);
    out.write(Buffer.from('cd'));
    await settle(2);
    expect(released).to.deep.equal([]);
    stalled.now = false;
    go();
    await settle(2);
    expect(released).to.deep.equal([1, 2]);
  });

  it('ends the socket when the last answer is out', async () => {
    const { stream, writes } = socket();
    const out = outlet(connection(), stream);
    out.end(Buffer.from('last'));
    await settle(4);
    expect(writes).to.deep.equal(['last']);
    expect(stream.destroyed).to.equal(true);
  });
});
