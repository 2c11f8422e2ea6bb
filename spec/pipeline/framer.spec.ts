import { expect } from 'chai';
import fc from 'fast-check';
import { Budget } from '../../lib/pipeline/budget';
import { LiveConnection } from '../../lib/pipeline/connection';
import { framer } from '../../lib/pipeline/framer';
import type { Frame } from '../../lib/pipeline/seams';
import { settle } from '../support/pipeline';

function begin(options: { maxBytes?: number; budgetBytes?: number } = {}) {
  const budget = new Budget(options.budgetBytes ?? 1e9);
  const connection = new LiveConnection({ id: 1, listener: 'L', remoteAddress: '', budget, maxQueuedBytes: 1e9 });
  const stream = framer({ maxBytes: options.maxBytes ?? 1000, now: () => 7 })(connection);
  const frames: Frame[] = [];
  stream.on('data', (frame: Frame) => frames.push(frame));
  return { stream, frames, connection, budget };
}

function framed(...payloads: Buffer[]): Buffer {
  return Buffer.concat(
    payloads.flatMap((payload) => {
      const prefix = Buffer.alloc(4);
      prefix.writeInt32BE(payload.length);
      return [prefix, payload];
    }),
  );
}

describe('framer', () => {
  it('finds the same frames wherever the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
        async (payloads, cuts) => {
          const all = framed(...payloads.map((p) => Buffer.from(p)));
          const { stream, frames } = begin();
          for (let position = 0, i = 0; position < all.length; i++) {
            const size = cuts[i % cuts.length]!;
            stream.write(all.subarray(position, position + size));
            position += size;
          }
          stream.end();
          await settle(6);
          expect(frames.map((f) => f.bytes.toString('hex'))).to.deep.equal(
            payloads.map((p) => Buffer.from(p).toString('hex')),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('passes a frame that lies within one read on without copying it', async () => {
    const { stream, frames } = begin();
    const read = framed(Buffer.from('abcdef'), Buffer.from('gh'));
    stream.write(read);
    await settle(3);
    expect(frames.map((f) => f.bytes.buffer === read.buffer)).to.deep.equal([true, true]);
    expect(frames[0]!.receivedAtMs).to.equal(7);
  });

  for (const [size, message] of [
    [1001, 'frame of 1001 bytes exceeds 1000'],
    [0x7fffffff, 'frame of 2147483647 bytes exceeds 1000'],
    [0, 'frame of 0 bytes is not a frame'],
    [-1, 'frame of -1 bytes is not a frame'],
    [-0x80000000, 'frame of -2147483648 bytes is not a frame'],
  ] as const) {
    it(`hangs up on a length of ${size}, behind the frames before it, and takes no memory for it`, async () => {
      const { stream, frames, connection, budget } = begin();
      const prefix = Buffer.alloc(4);
      prefix.writeInt32BE(size);
      let ended = false;
      stream.on('end', () => (ended = true));
      stream.write(Buffer.concat([framed(Buffer.from('ok')), prefix, Buffer.from('rest')]));
      await settle(3);
      expect(connection.hangup?.message).to.equal(message);
      expect(frames.map((f) => f.bytes.toString())).to.deep.equal(['ok']);
      expect(ended).to.equal(true);
      expect(budget.used).to.equal(2);
    });
  }

  it('waits for the budget before it reads a frame, and goes on when there is room', async () => {
    const { stream, frames, connection, budget } = begin({ budgetBytes: 10 });
    stream.write(framed(Buffer.alloc(8, 'a'), Buffer.alloc(8, 'b'), Buffer.alloc(1, 'c')));
    await settle(3);
    expect(frames).to.have.lengthOf(1);
    expect(budget.used).to.equal(8);
    connection.account.give(8);
    await settle(3);
    expect(frames.map((f) => f.bytes.toString())).to.deep.equal(['aaaaaaaa', 'bbbbbbbb', 'c']);
  });

  it('says how much of a frame was there when the client went away', async () => {
    const { stream, connection } = begin();
    stream.end(framed(Buffer.alloc(100)).subarray(0, 14));
    await settle(3);
    expect(connection.hangup?.message).to.equal("connection ended after 10 of a frame's 100 bytes");
  });
});
