import { expect } from 'chai';
import fc from 'fast-check';
import type { CaptureEvent } from '../../../lib/capture/event';
import {
  entryKinds,
  type FrameEntry,
  frameHeadMaxBytes,
  putFrameHead,
  readEntry,
  writeEntry,
} from '../../../lib/capture/mrcap/entry';
import { PartsWriter } from '../../../lib/capture/mrcap/parts';
import { DecodeError, Reader, Writer } from '../../../lib/protocol/bytes';
import { thrown } from '../../support/thrown';

const side = fc.constantFrom('client', 'broker') as fc.Arbitrary<'client' | 'broker'>;
const connection = fc.integer({ min: 1, max: 0xffffffff });
const text = fc.string({ maxLength: 40 });
const event: fc.Arbitrary<CaptureEvent> = fc.oneof(
  fc.record({
    is: fc.constant('opened' as const),
    connection,
    atMs: fc.constant(0),
    client: text,
    server: text,
    listener: fc.option(text),
  }),
  fc.record({
    is: fc.constant('frame' as const),
    connection,
    atMs: fc.constant(0),
    from: side,
    bytes: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
  }),
  fc.record({ is: fc.constant('closed' as const), connection, atMs: fc.constant(0), by: fc.option(side) }),
  fc.record({
    is: fc.constant('lost' as const),
    connection: fc.option(connection),
    atMs: fc.constant(0),
    from: fc.option(side),
    bytes: fc.nat(),
    why: text,
  }),
);

function write(writer: Writer, one: CaptureEvent, sinceUs: number): void {
  if (one.is !== 'frame') return writeEntry(writer, one, sinceUs);
  const { bytes, from } = one;
  const half = bytes.length >> 1;
  const chunks = [bytes.subarray(0, half), bytes.subarray(half)];
  writeFrame(writer, { connection: one.connection, from, chunks, isParts: false }, sinceUs);
}

function writeFrame(writer: Writer, frame: FrameEntry, sinceUs: number): void {
  const head = Buffer.alloc(100);
  const size = putFrameHead(head, 7, frame, sinceUs);
  expect(size).to.be.most(frameHeadMaxBytes);
  const headAt = writer.room(size);
  writer.slab.set(head.subarray(7, 7 + size), headAt);
  for (const chunk of frame.chunks) {
    const at = writer.room(chunk.length);
    writer.slab.set(chunk, at);
  }
}

describe('writeEntry and putFrameHead', () => {
  it('are read back, whatever the event', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.integer({ min: -1e15, max: 1e15 }))), (all) => {
        const writer = new Writer();
        for (const [one, sinceUs] of all) write(writer, one, sinceUs);
        const reader = new Reader(writer.takeBuffer());
        let atUs = 0;
        for (const [one, sinceUs] of all) {
          const read = readEntry(reader, atUs);
          expect(read.atUs).to.equal(atUs + sinceUs);
          atUs = read.atUs;
          expect(read.event).to.deep.equal({ ...one, atMs: atUs / 1000 });
        }
        expect(reader.remaining).to.equal(0);
      }),
    );
  });

  it('tells frames in parts, which are read as whole ones', () => {
    const parts = new PartsWriter();
    parts.literal(Buffer.from('key='), 0, 4);
    parts.hole(3);
    const writer = new Writer();
    writeFrame(writer, { connection: 1, from: 'broker', chunks: [parts.take()], isParts: true }, 0);
    expect(readEntry(new Reader(writer.takeBuffer()), 0).event).to.deep.include({
      from: 'broker',
      bytes: Buffer.from('key=red'),
    });
  });
});

describe('readEntry', () => {
  it('throws nothing but DecodeErrors, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(entryKinds)), fc.uint8Array({ maxLength: 60 }), (kind, bytes) => {
        try {
          readEntry(new Reader(Buffer.from([kind, ...bytes])), 0);
        } catch (error) {
          expect(error).to.be.instanceOf(DecodeError);
        }
      }),
    );
    expect((thrown(() => readEntry(new Reader(Buffer.from([99, 1, 0])), 0)) as Error).message).to.match(
      /99 is no kind of entry/,
    );
    expect((thrown(() => readEntry(new Reader(Buffer.from([4, 1, 0, 7])), 0)) as Error).message).to.match(
      /neither client/,
    );
  });
});
