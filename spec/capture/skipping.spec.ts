import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { CaptureEvent } from '../../lib/capture/event';
import { BlockReader } from '../../lib/capture/mrcap/block-reader';
import { readCapture } from '../../lib/capture/read-capture';
import { type PlainFile, partsOf, skipping } from '../../lib/capture/skipping';
import { CaptureError } from '../../lib/capture/source';
import { inChunks } from '../support/captured';
import { mrcap } from '../support/mrcap';
import { closed, frame, opened } from '../support/recordings';
import { rejected } from '../support/thrown';

/** A file in memory that says what was read of it. */
class Counted implements PlainFile {
  readonly reads: (readonly [from: number, to: number])[] = [];
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get count(): number {
    return this.reads.reduce((sum, [from, to]) => sum + to - from, 0);
  }

  async read(buffer: Buffer, offset: number, length: number, position: number) {
    const bytesRead = this.bytes.copy(buffer, offset, position, position + length);
    this.reads.push([position, position + bytesRead]);
    return { bytesRead };
  }
}

async function readBy(reader: BlockReader, bytes: Buffer): Promise<{ file: Counted; events: CaptureEvent[] }> {
  const file = new Counted(bytes);
  const events: CaptureEvent[] = [];
  for await (const chunk of partsOf(file, bytes.length, (most) => reader.skip(most)))
    events.push(...reader.push(chunk));
  events.push(...reader.end());
  return { file, events };
}

const large = (connection: number, i: number) => frame(connection, 'client', Buffer.alloc(100_000, i), i);
/** Of 60 blocks of 100 kB connection 3 is in two. */
const blocks = Array.from({ length: 60 }, (_, i) => [large(i % 30 === 17 ? 3 : 1, i)]);
const recording = mrcap([[opened(1)], [opened(3)], ...blocks, [closed(3)]]);
const isOf3 = ({ connection }: CaptureEvent) => connection === 3;

describe('partsOf', () => {
  it('reads all of a file of which all is wanted, more and more at once', async () => {
    const bytes = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i));
    const file = new Counted(bytes);
    const chunks: Buffer[] = [];
    for await (const chunk of partsOf(file, bytes.length, () => 0)) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(bytes)).to.equal(true);
    expect(chunks.map(({ length }) => length)).to.deep.equal([4096, 8192, 16_384, 21_328]);
  });

  it('does not read the content of blocks that name no connection that is wanted', async () => {
    const { file, events } = await readBy(new BlockReader(1e6, new Set([3])), recording);
    const all = await readBy(new BlockReader(1e6), recording);
    expect(events.filter(isOf3)).to.deep.equal(all.events.filter(isOf3));
    expect(events.filter(({ is }) => is === 'frame')).to.have.lengthOf(2);
    expect(all.file.count).to.equal(recording.length);
    expect(file.count).to.be.lessThan(recording.length / 6);
  });

  it('gives a reader what it gets of all bytes, wherever the file is cut', async () => {
    const small = Array.from({ length: 40 }, (_, i) => [
      frame(i % 7 === 3 ? 3 : 1, 'client', Buffer.alloc(i * 90, i), i),
    ]);
    const whole = mrcap([[opened(1), opened(3)], ...small, [closed(3)]]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 8, max: whole.length }), async (cut) => {
        const bytes = whole.subarray(0, cut);
        const wanted = new Set([3]);
        const { events } = await readBy(new BlockReader(1e6, wanted), bytes);
        const reader = new BlockReader(1e6, wanted);
        expect(events).to.deep.equal([...reader.push(bytes), ...reader.end()]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('skipping', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'millrace-skip-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('is how readCapture reads some connections of a file', async () => {
    const path = join(dir, 'x.mrcap');
    writeFileSync(path, recording);
    const some = await readCapture(path, { connection: [3] }).toArray();
    expect(some).to.have.lengthOf(4);
    expect(some).to.deep.equal(await readCapture(inChunks(recording), { connection: 3 }).toArray());
    const capture = readCapture(path, { connection: [1, 3] });
    expect((await capture.about).format).to.equal('mrcap');
    expect(await capture.toArray()).to.deep.equal(await readCapture(path).toArray());
  });

  it('reads a pipe by its path', async () => {
    const pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const chunks: Buffer[] = [];
    spawn('sh', ['-c', 'printf abc > "$0"', pipe]);
    for await (const chunk of skipping(pipe, () => 0)) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).to.equal('abc');
  });

  it('says that there is no such file', async () => {
    const error = await rejected(skipping(join(dir, 'none'), () => 0).next());
    expect(error)
      .to.be.instanceOf(CaptureError)
      .and.to.match(/none: there is no such file/);
  });
});
