import type { Socket } from 'node:net';
import { expect } from 'chai';
import { Budget } from '../../lib/pipeline/budget';
import type { Call, Frame, Reply, Request, Seams } from '../../lib/pipeline/seams';
import { stage } from '../../lib/pipeline/stage';
import { answer, echo, frame, run, settle, tcp } from '../support/pipeline';

const megabyte = 1 << 20;

/** A tap that notes what passes. */
function noting<S extends keyof Seams>(seen: string[], note: (item: Seams[S]) => string) {
  return stage<Seams[S], Seams[S]>('noting', 'objects to objects', () => ({
    each(item, push, done) {
      seen.push(note(item));
      push(item);
      done();
    },
  }));
}

describe('assemble', () => {
  it('passes every request through the taps of every seam, in the order of the flow', async () => {
    const seen: string[] = [];
    const bytesTap = (name: string) =>
      stage<Buffer, Buffer>(name, 'bytes to bytes', () => ({
        each(item, push, done) {
          seen.push(name);
          push(item);
          done();
        },
      }));
    const { client, answers } = run([echo(1, 'exclusive', (n) => ({ n: n * 2 }))], {
      taps: {
        inbound: [bytesTap('inbound')],
        frames: [noting<'frames'>(seen, (item: Frame) => `frame ${item.bytes.length}`)],
        requests: [noting<'requests'>(seen, (item: Request | Reply) => item.is)],
        calls: [noting<'calls'>(seen, (item: Call | Reply) => item.is)],
        replies: [noting<'replies'>(seen, (item: Reply) => JSON.stringify((item.body as { n: number }).n))],
        outbound: [bytesTap('outbound')],
      },
    });
    client.write(frame(1, 1, 21));
    await settle();
    expect(answers().map(answer)).to.deep.equal([[1, 42]]);
    expect(seen).to.deep.equal(['inbound', 'frame 22', 'request', 'call', '42', 'outbound']);
  });

  it('keeps the place of a reply that a tap puts in early', async () => {
    const early = stage<Request | Reply, Request | Reply>('early', 'objects to objects', () => ({
      each(item, push, done) {
        const n = item.is === 'request' ? (item.body as { n: number }).n : 0;
        push(item.is === 'request' && n === 2 ? { is: 'reply', request: item, body: { n: -2 } } : item);
        done();
      },
    }));
    const { client, answers } = run([echo(1, 'pipelined', (n) => settle(3).then(() => ({ n })))], {
      taps: { requests: [early] },
    });
    client.write(Buffer.concat([1, 2, 3].map((n) => frame(1, n, n))));
    await settle(30);
    expect(answers().map(answer)).to.deep.equal([
      [1, 1],
      [2, -2],
      [3, 3],
    ]);
  });

  it('ends gently: answers what was asked and takes nothing more', async () => {
    const { client, answers, ended, endGently } = run([echo(1, 'pipelined', (n) => settle(40).then(() => ({ n })))]);
    client.write(frame(1, 1, 1));
    await settle();
    endGently();
    client.write(frame(1, 2, 2));
    expect(await ended).to.equal(null);
    await settle();
    expect(answers().map(answer)).to.deep.equal([[1, 1]]);
  });

  it('blames nobody when the broker ends a connection in the midst of a frame', async () => {
    const { client, ended, endGently } = run([echo(1, 'exclusive', (n) => ({ n }))]);
    client.write(frame(1, 1, 1).subarray(0, 10));
    await settle();
    endGently();
    expect(await ended).to.equal(null);
  });

  it('gives a lost connection’s bytes back and wakes its parked calls', async () => {
    let woken = false;
    const parked = (_n: number, { signal }: { signal: AbortSignal }) =>
      new Promise<never>(() => signal.addEventListener('abort', () => (woken = true)));
    const { client, server, close } = await tcp();
    const { ended, budget } = run([echo(1, 'exclusive', parked)], { socket: { client, server } });
    client.write(frame(1, 1, 1));
    while (budget.used === 0) await settle();
    expect(budget.used).to.equal(22);
    client.resetAndDestroy();
    await ended;
    expect(woken).to.equal(true);
    expect(budget.used).to.equal(0);
    close();
  });

  describe('backpressure', () => {
    /** Writes frames until no more are taken; returns the bytes that the pipeline has read from its socket. */
    async function flood(client: Socket, server: Socket, one: Buffer): Promise<number> {
      let last = -1;
      for (let still = 0; still < 40; ) {
        if (client.writableLength < 4 * megabyte) client.write(one);
        await settle(2);
        still = server.bytesRead === last ? still + 1 : 0;
        last = server.bytesRead;
      }
      return last;
    }

    it('reaches the client when a disk stalls: requests in memory stay under the connection’s budget', async () => {
      const { client, server, close } = await tcp();
      const stalled = echo(1, 'pipelined', () => new Promise<never>(() => {}));
      const { budget } = run([stalled], { maxQueuedBytes: 8 * megabyte, socket: { client, server } });
      const taken = await flood(client, server, frame(1, 1, 1, Buffer.alloc(megabyte)));
      expect(budget.used).to.be.at.most(8 * megabyte);
      expect(taken).to.be.at.most(8 * megabyte + megabyte);
      close();
    });

    it('holds all connections together to the broker’s budget and one frame', async () => {
      const budget = new Budget(6 * megabyte);
      const stalled = echo(1, 'pipelined', () => new Promise<never>(() => {}));
      const pairs = await Promise.all([tcp(), tcp(), tcp()]);
      let taken = 0;
      for (const { client, server } of pairs) {
        run([stalled], { budget, maxQueuedBytes: 4 * megabyte, socket: { client, server } });
        taken += await flood(client, server, frame(1, 1, 1, Buffer.alloc(megabyte)));
      }
      expect(budget.used).to.be.at.most(6 * megabyte + megabyte + 22);
      expect(taken).to.be.at.most(6 * megabyte + pairs.length * megabyte);
      for (const { close } of pairs) close();
    });

    it('reaches the client when it does not read: answers in memory stay under a few of the largest', async () => {
      const { client, server, close } = await tcp();
      let made = 0;
      const large = echo(1, 'exclusive', (n) => {
        made++;
        return { n, payload: Buffer.alloc(megabyte) };
      });
      run([large], { socket: { client, server } });
      client.pause();
      await flood(client, server, frame(1, 1, 1));
      const inKernel = server.bytesWritten - server.writableLength;
      expect(server.writableLength).to.be.at.most(2 * megabyte);
      expect(made * megabyte - inKernel).to.be.at.most(6 * megabyte);
      close();
    });
  });
});
