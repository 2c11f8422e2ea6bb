import { expect } from 'chai';
import fc from 'fast-check';
import type { CaptureEvent } from '../../../lib/capture/event';
import { blockMark } from '../../../lib/capture/mrcap/block';
import { BlockReader, factsOf, isRecording, versionOf } from '../../../lib/capture/mrcap/block-reader';
import { textOfEvent } from '../../support/captured';
import { mrcap } from '../../support/mrcap';
import { closed, frame, opened } from '../../support/recordings';

const request = (id: number) => Buffer.from([0, 18, 0, 0, 0, 0, 0, id, 255, 255]);
const answer = (id: number) => Buffer.from([0, 0, 0, id, 9]);

const blocks = [
  [opened(1, 1000), frame(1, 'client', request(1), 1000.25)],
  [opened(2, 1001), frame(2, 'client', request(2), 1002), frame(1, 'broker', answer(1), 1002)],
  [closed(1, 'client', 1003), frame(2, 'broker', answer(2), 999)],
];
const events = blocks.flat();
const lastClosed: CaptureEvent = { is: 'closed', connection: 2, atMs: 999, by: null };

function read(
  file: Buffer,
  { chunkBytes = file.length, frameMaxBytes = 1000, only = null as number | null } = {},
): CaptureEvent[] {
  const reader = new BlockReader(frameMaxBytes, only === null ? null : new Set([only]));
  const all: CaptureEvent[] = [];
  for (let at = 0; at < file.length; at += chunkBytes) all.push(...reader.push(file.subarray(at, at + chunkBytes)));
  return [...all, ...reader.end()];
}

/** Position of the n-th block. */
function blockAt(file: Buffer, n: number): number {
  let at = -1;
  for (let i = 0; i <= n; i++) at = file.indexOf(blockMark, at + 1);
  return at;
}

describe('BlockReader', () => {
  it('reads what was written, however it comes, compressed or not', () => {
    for (const zstdLevel of [null, 3]) {
      const file = mrcap(blocks, { zstdLevel });
      for (const chunkBytes of [file.length, 7, 1])
        expect(read(file, { chunkBytes })).to.deep.equal([...events, lastClosed]);
    }
    const large = Buffer.alloc(900, 'large ');
    const file = mrcap([[opened(1), frame(1, 'client', large), closed(1)]], { zstdLevel: 1 });
    expect(read(file)[1]).to.deep.include({ bytes: large });
  });

  it('says what the file is and what it says of itself', () => {
    const file = mrcap(blocks);
    expect([isRecording(file), versionOf(file), factsOf(file)]).to.deep.equal([true, 1, { by: 'spec' }]);
    expect([isRecording(Buffer.from('MRCA')), versionOf(file.subarray(0, 7))]).to.deep.equal([false, null]);
    for (const size of [10, 40]) expect(factsOf(file.subarray(0, size))).to.equal(null);
    const broken = Buffer.from(file);
    broken[40]! ^= 1;
    expect(factsOf(broken)).to.deep.equal({});
  });

  it('loses a block whose content is broken, and nothing else', () => {
    const file = mrcap(blocks);
    const at = blockAt(file, 2);
    file[at + 45]! ^= 1;
    expect(read(file).map(textOfEvent)).to.deep.equal([
      '1 127.0.0.1:50001 > 127.0.0.1:9092',
      '1 client #1',
      `- - lost 59: the block at byte ${at} is broken: its checksum is wrong`,
      '1 closed by client',
      '2 unknown > unknown',
      '2 broker #2',
      '2 closed by null',
    ]);
  });

  it('finds the next block where the head of one is broken, or bytes are too many', () => {
    const file = mrcap(blocks);
    const at = blockAt(file, 2);
    const size = blockAt(file, 3) - at;
    const broken = Buffer.from(file);
    broken[at + 13]! ^= 0x80;
    const expected = [...events.slice(0, 2).map(textOfEvent), `- - lost ${size}: no block begins at byte ${at}`];
    for (const chunkBytes of [file.length, 5, 1])
      expect(read(broken, { chunkBytes }).slice(0, 3).map(textOfEvent)).to.deep.equal(expected);
    const more = Buffer.concat([file.subarray(0, at), Buffer.from('MRCBMRC'), file.subarray(at)]);
    expect(read(more, { chunkBytes: 3 }).map(textOfEvent)).to.include(`- - lost 7: no block begins at byte ${at}`);
    expect(read(more)).to.have.lengthOf(events.length + 2);
  });

  it('reads a file that was cut up to the cut, and says that it was', () => {
    const file = mrcap(blocks, { hasEnd: false });
    const at = blockAt(file, 2);
    const cut = read(file.subarray(0, blockAt(file, 3) - 9));
    expect(cut.map(textOfEvent)).to.deep.equal([
      ...events.slice(0, 4).map(textOfEvent),
      `- - lost 0: the recording ends within the block at byte ${at}`,
      '1 closed by null',
      '2 closed by null',
    ]);
    expect(read(file).map(textOfEvent).at(-2)).to.match(/^- - lost 0: the recording has no end/);
    expect(read(file.subarray(0, at + 11)).map(textOfEvent)).to.include(
      `- - lost 11: the recording ends within the block at byte ${at}`,
    );
  });

  it('passes over blocks that the only wanted connection is not in', () => {
    const file = mrcap(blocks);
    const first = blockAt(file, 1);
    file[first + 45]! ^= 1;
    const seen = read(file, { only: 2, chunkBytes: 10 });
    expect(seen.filter(({ connection }) => connection === 2).map(textOfEvent)).to.deep.equal([
      '2 127.0.0.1:50002 > 127.0.0.1:9092',
      '2 client #2',
      '2 broker #2',
      '2 closed by null',
    ]);
    expect(seen.some((event) => event.is === 'lost')).to.equal(false);
  });

  it('goes on with the next file of a recording: what is open stays so, and is not opened again', () => {
    const reader = new BlockReader(1000);
    const first = [...reader.push(mrcap(blocks.slice(0, 2), { end: { next: 'x.1.mrcap' } }))];
    expect([first.length, reader.isOver, reader.next]).to.deep.equal([5, true, 'x.1.mrcap']);
    reader.goOn();
    expect([reader.isOver, reader.next]).to.deep.equal([false, null]);
    const file = mrcap([[opened(1, 1000), opened(2, 1001)], blocks[2]!]);
    expect([...reader.push(file), ...reader.end()]).to.deep.equal([...blocks[2]!, lastClosed]);
    expect([reader.isOver, reader.next]).to.deep.equal([true, null]);
  });

  it('misses nothing where it is stopped in the middle', () => {
    const reader = new BlockReader(1000);
    const file = mrcap(blocks);
    const seen = [...reader.push(file.subarray(0, blockAt(file, 2) + 20)), ...reader.end(true)];
    expect(seen.map(({ is }) => is)).to.deep.equal(['opened', 'frame', 'closed']);
  });

  it('says of frames that are larger than allowed', () => {
    expect(read(mrcap(blocks), { frameMaxBytes: 9 }).map(textOfEvent)).to.include(
      '1 client lost 10: a frame of 10 bytes, 9 are allowed',
    );
  });

  it('reads any cut and any flipped byte, and says what it cannot read', () => {
    const files = [mrcap(blocks), mrcap(blocks, { zstdLevel: 3 })];
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (file, cut, flip, mask) => {
          const size = 8 + (cut % (file.length - 7));
          const bytes = Buffer.from(file.subarray(0, size));
          const at = 8 + (flip % Math.max(1, size - 8));
          if (at < size) bytes[at]! ^= mask;
          const seen = read(bytes, { chunkBytes: 16 });
          if (size < file.length || at < size) expect(seen.some((event) => event.is === 'lost')).to.equal(true);
          const openAt = new Set<number | null>();
          for (const event of seen) {
            if (event.is === 'opened') openAt.add(event.connection);
            else if (event.connection !== null) expect(openAt.has(event.connection)).to.equal(true);
            if (event.is === 'closed') openAt.delete(event.connection);
          }
          expect(openAt.size).to.equal(0);
          // Nothing is made up; but what was cut has no checksum any more.
          if (size === file.length || at >= size)
            for (const event of seen) if (event.is === 'frame') expect(events).to.deep.include(event);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
