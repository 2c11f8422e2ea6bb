import { expect } from 'chai';
import { Handoff } from '../../lib/capture/handoff';
import { rejected } from '../support/thrown';

const turn = () => new Promise((done) => setImmediate(done));

describe('Handoff', () => {
  it('gives what is written, and says that it is written once it was taken', async () => {
    const handoff = new Handoff();
    let isWritten = false;
    const written = handoff.write([Buffer.from('a'), Buffer.from('b')]).then(() => (isWritten = true));
    const chunks = handoff.chunks();
    expect((await chunks.next()).value?.toString()).to.equal('a');
    expect((await chunks.next()).value?.toString()).to.equal('b');
    await turn();
    expect(isWritten).to.equal(false);
    const third = chunks.next();
    await written;
    void handoff.write([Buffer.from('c')]);
    expect((await third).value?.toString()).to.equal('c');
  });

  it('ends behind what was written', async () => {
    const handoff = new Handoff();
    const chunks = handoff.chunks();
    const first = chunks.next();
    void handoff.write([Buffer.from('a')]);
    await handoff.close();
    expect((await first).value?.toString()).to.equal('a');
    expect((await chunks.next()).done).to.equal(true);
  });

  it('lets nobody write once nobody reads', async () => {
    for (const leave of [
      (handoff: Handoff) => handoff.leave(),
      async (handoff: Handoff) => {
        for await (const _ of handoff.chunks()) break;
      },
    ]) {
      const handoff = new Handoff();
      const before = rejected(handoff.write([Buffer.from('a')]));
      await leave(handoff);
      expect(await before).to.match(/nobody reads/);
      expect(await rejected(handoff.write([Buffer.from('b')]))).to.match(/nobody reads/);
    }
  });

  it('ends where who reads waits', async () => {
    const handoff = new Handoff();
    const next = handoff.chunks().next();
    await turn();
    handoff.leave();
    expect((await next).done).to.equal(true);
  });
});
