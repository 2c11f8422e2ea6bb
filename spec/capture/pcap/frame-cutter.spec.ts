import { expect } from 'chai';
import fc from 'fast-check';
import { FrameCutter } from '../../../lib/capture/pcap/frame-cutter';
import { likenessToRequest, requestHeadBytes } from '../../../lib/capture/pcap/request-head';
import { request } from '../../support/crafted-pcap';

const frameMaxBytes = 10_000;
const requests = Array.from({ length: 6 }, (_, i) => request(i, { key: 120, body: Buffer.alloc(i * 7, i) }));
const names = requests.map((_, i) => `#${i}`);
const stream = Buffer.concat(requests);
const notCaptured = 'not captured';

interface Watched {
  readonly cutter: FrameCutter;
  readonly seen: string[];
  /** Bytes in lost events. */
  lostBytes: number;
}

function watched(isBegin = true, foreign: string | null = null): Watched {
  const seen: string[] = [];
  const cutter = new FrameCutter(
    {
      frameMaxBytes,
      headBytes: requestHeadBytes,
      isHead: (bytes, at) => likenessToRequest(bytes, at, frameMaxBytes) !== 'no',
      frame: (bytes) => seen.push(`#${bytes.readInt32BE(4)}`),
      lost: (bytes, _atMs, why) => {
        all.lostBytes += bytes;
        seen.push(why);
      },
      foreign: () => foreign,
    },
    isBegin,
  );
  const all: Watched = { cutter, seen, lostBytes: 0 };
  return all;
}

/** Position of a request in the stream. */
const startOf = (i: number) => Buffer.concat(requests.slice(0, i)).length;

describe('FrameCutter', () => {
  it('gives the same frames however they are cut into packets', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (sizes) => {
        const { cutter, seen } = watched();
        for (let at = 0; at < stream.length; ) {
          const size = sizes.shift() ?? stream.length;
          cutter.bytes(stream.subarray(at, at + size), 1, true);
          at += size;
        }
        cutter.end(1);
        expect(seen).to.deep.equal(names);
      }),
    );
  });

  it('shares memory with the packet that has all of a frame', () => {
    const { cutter } = watched();
    const frames: Buffer[] = [];
    const sharing = new FrameCutter({ ...cutter['options'], frame: (bytes) => void frames.push(bytes) }, true);
    sharing.bytes(stream, 1, true);
    expect(frames[0]!.buffer).to.equal(stream.buffer);
  });

  it('loses one frame where bytes in its midst are missing', () => {
    const one = watched();
    const gapAt = startOf(4) + 20;
    one.cutter.bytes(stream.subarray(0, gapAt), 1, true);
    one.cutter.gap(10, 1, notCaptured);
    one.cutter.bytes(stream.subarray(gapAt + 10), 1, true);
    one.cutter.end(1);
    const size = requests[4]!.length - 4;
    const why = `a frame of ${size} bytes, of which 10 were not captured`;
    expect(one.seen).to.deep.equal(['#0', '#1', '#2', '#3', why, '#5']);
    expect(one.lostBytes).to.equal(size);
  });

  it('finds the next frame behind a gap that swallows the begin of one', () => {
    const one = watched();
    one.cutter.bytes(stream.subarray(0, startOf(2) + 20), 1, true);
    one.cutter.gap(25, 1, notCaptured);
    one.cutter.bytes(stream.subarray(startOf(2) + 45), 1, true);
    one.cutter.end(1);
    const lost = startOf(4) - startOf(2) - 4;
    expect(one.seen).to.deep.equal([
      '#0',
      '#1',
      `25 bytes were not captured; a frame was found ${lost} bytes later`,
      '#4',
      '#5',
    ]);
  });

  it('finds its way whatever is missing, and never gives a frame that was not sent', () => {
    fc.assert(
      fc.property(
        fc.nat(stream.length),
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 40 }),
        (at, gap, size) => {
          const { cutter, seen } = watched();
          const end = Math.min(stream.length, at + gap);
          for (let from = 0; from < at; from += size)
            cutter.bytes(stream.subarray(from, Math.min(at, from + size)), 1, true);
          if (end > at) cutter.gap(end - at, 1, notCaptured);
          for (let from = end; from < stream.length; from += size)
            cutter.bytes(stream.subarray(from, from + size), 1, true);
          cutter.end(1);
          const whole = names.filter((_, i) => startOf(i + 1) <= at || startOf(i) >= end);
          expect(seen.filter((item) => item.startsWith('#'))).to.deep.equal(whole);
          if (end > at) expect(seen.length).to.be.greaterThan(whole.length);
        },
      ),
    );
  });

  it('looks for the first frame of a connection whose begin is missing', () => {
    const one = watched(false);
    one.cutter.bytes(stream.subarray(startOf(1) + 3, startOf(3)), 1, true);
    one.cutter.bytes(stream.subarray(startOf(3)), 1, true);
    expect(one.seen).to.deep.equal([
      `the recording begins within the connection; a frame was found ${startOf(2) - startOf(1) - 3} bytes later`,
      '#2',
      '#3',
      '#4',
      '#5',
    ]);
  });

  it('allocates nothing for a length, and goes on behind one that cannot be meant', () => {
    const one = watched();
    const hostile = Buffer.from([0x7f, 0xff, 0xff, 0xff]);
    one.cutter.bytes(Buffer.concat([requests[0]!, hostile, requests[1]!]), 1, true);
    expect(one.seen).to.deep.equal([
      '#0',
      `a frame of 2147483647 bytes, ${frameMaxBytes} are allowed; a frame was found 4 bytes later`,
      '#1',
    ]);
  });

  it('says what an end leaves behind', () => {
    const within = (size: number, isBegin = true) => {
      const { cutter, seen } = watched(isBegin);
      cutter.bytes(stream.subarray(0, size), 1, true);
      cutter.end(1);
      return seen;
    };
    expect(within(3)).to.deep.equal(['ended after 3 bytes of a length']);
    expect(within(10)).to.deep.equal(['ended after 6 of the 13 bytes of a frame']);
    expect(within(10, false)).to.deep.equal([
      'the recording begins within the connection, and no frame was found behind',
    ]);
  });

  it('tells once, at the end, of what is not Kafka', () => {
    const one = watched(true, 'it is HTTP');
    one.cutter.bytes(stream, 1, true);
    one.cutter.gap(5, 1, notCaptured);
    one.cutter.bytes(stream, 1, true);
    expect(one.seen).to.deep.equal([]);
    one.cutter.end(1);
    expect([one.seen, one.lostBytes]).to.deep.equal([['it is HTTP'], 2 * stream.length + 5]);
  });
});
