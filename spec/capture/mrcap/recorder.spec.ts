import { expect } from 'chai';
import type { CaptureEvent } from '../../../lib/capture/event';
import { Recorder, type RecorderOptions, type Target } from '../../../lib/capture/mrcap/recorder';
import { readCapture } from '../../../lib/capture/read-capture';
import { virtualClock } from '../../../lib/virtual-clock';
import { inChunks, textOfEvent } from '../../support/captured';
import { closed, opened } from '../../support/recordings';

/** Files in memory, and a disk that can be stopped and broken. */
class Disk {
  readonly files: Buffer[][] = [];
  readonly closed: number[] = [];
  error: Error | null = null;
  private stopped: Promise<void> | null = null;
  private goOn = () => {};

  stop(): void {
    this.stopped = new Promise((resolve) => {
      this.goOn = resolve;
    });
  }

  start(): void {
    this.stopped = null;
    this.goOn();
  }

  readonly open = async (part: number): Promise<Target> => {
    const chunks: Buffer[] = [];
    this.files.push(chunks);
    return {
      name: `file ${part}`,
      isDoneWithBytes: true,
      write: async (more) => {
        if (this.stopped !== null) await this.stopped;
        if (this.error !== null) throw this.error;
        chunks.push(...more.map((chunk) => Buffer.from(chunk)));
      },
      close: async () => void this.closed.push(part),
    };
  };

  async read(index: number): Promise<CaptureEvent[]> {
    return readCapture(inChunks(Buffer.concat(this.files[index]!))).toArray();
  }

  async texts(index: number): Promise<string[]> {
    return (await this.read(index)).map(textOfEvent);
  }
}

const frameOf = (id: number, size = 10) => {
  const bytes = Buffer.alloc(size);
  bytes.writeInt32BE(id, 4);
  return { connection: 1, from: 'client', chunks: [bytes], isParts: false } as const;
};

describe('Recorder', () => {
  let disk: Disk;
  const clock = virtualClock(1_700_000_000_000);
  const recorder = (options: Partial<RecorderOptions> = {}) =>
    new Recorder({
      open: disk.open,
      facts: { by: 'spec' },
      scheduler: clock,
      logger: null,
      bufferMaxBytes: 1_000_000,
      whenFull: 'drop',
      slower: 'the disk',
      rollBytes: null,
      rollMs: null,
      flushMs: 100,
      zstdLevel: null,
      ...options,
    });
  beforeEach(() => {
    disk = new Disk();
  });

  it('writes what it is told, with a begin and an end', async () => {
    const one = recorder();
    one.add(opened(1, clock.now()));
    one.addFrame(frameOf(7), clock.now());
    one.add(closed(1, 'client', clock.now()));
    const recorded = await one.close();
    expect(recorded).to.deep.include({ files: ['file 1'], connections: 1, frames: 1, droppedFrames: 0, error: null });
    expect(recorded.bytes).to.equal(Buffer.concat(disk.files[0]!).length);
    expect(await disk.texts(0)).to.deep.equal([
      '1 127.0.0.1:50001 > 127.0.0.1:9092',
      '1 client #7',
      '1 closed by client',
    ]);
    expect(await one.close()).to.equal(recorded);
    one.addFrame(frameOf(8), 0);
    expect(one.recorded.frames).to.equal(1);
  });

  it('writes a block when it is full, or has waited for its time', async () => {
    const one = recorder();
    one.add(opened(1, clock.now()));
    const written = () => Buffer.concat(disk.files[0]!).length;
    await clock.advance(99);
    const before = written();
    await clock.advance(1);
    expect(written()).to.be.greaterThan(before);
    one.addFrame(frameOf(1, 300_000), clock.now());
    await clock.advance(0);
    expect(written()).to.be.greaterThan(300_000);
    await one.close();
    expect(clock.timers).to.equal(0);
  });

  it('begins no other file without a frame, even where what is open is larger than a file is to be', async () => {
    const one = recorder({ rollBytes: 1, flushMs: 0 });
    await one.begun;
    one.add(opened(1, clock.now()));
    for (const id of [1, 2]) {
      one.addFrame(frameOf(id), clock.now());
      await clock.advance(0);
    }
    expect((await one.close()).files).to.have.lengthOf(3);
  });

  it('drops frames while the disk is behind, and says how many', async () => {
    const one = recorder();
    await clock.advance(0);
    disk.stop();
    one.add(opened(1, 5));
    for (let i = 0; i < 30; i++) one.addFrame(frameOf(i, 100_000), 5);
    expect(one.mustWait).to.equal(false);
    expect(one.recorded).to.include({ frames: 10, droppedFrames: 20 });
    disk.start();
    await clock.advance(0);
    one.addFrame(frameOf(30), 5);
    await one.close();
    const why = '20 frames not recorded: the disk was slower, and 1000000 bytes waited';
    expect((await disk.texts(0)).slice(-3)).to.deep.equal([
      `1 client lost 2000000: ${why}`,
      '1 client #30',
      '1 closed by null',
    ]);
  });

  it('says of what was dropped before the connection is closed', async () => {
    const one = recorder({ bufferMaxBytes: 1 });
    one.add(opened(1, 5));
    one.addFrame(frameOf(1), 5);
    one.add(closed(1, 'broker', 6));
    await one.close();
    expect((await disk.texts(0)).slice(1)).to.deep.equal([
      '1 client lost 10: 1 frame not recorded: the disk was slower, and 1 bytes waited',
      '1 closed by broker',
    ]);
  });

  it('asks to wait instead, if that is wanted', async () => {
    const one = recorder({ whenFull: 'wait' });
    await clock.advance(0);
    disk.stop();
    for (let i = 0; i < 12; i++) one.addFrame(frameOf(i, 100_000), 5);
    expect([one.mustWait, one.recorded.droppedFrames]).to.deep.equal([true, 0]);
    let goesOn = false;
    one.whenRoom(() => (goesOn = true));
    await clock.advance(0);
    expect(goesOn).to.equal(false);
    disk.start();
    await clock.advance(0);
    expect([goesOn, one.mustWait]).to.deep.equal([true, false]);
    await one.close();
  });

  it('begins another file by size and by age, in which what is open is opened anew', async () => {
    const one = recorder({ rollBytes: 250_000, rollMs: 60_000 });
    one.add(opened(1, 5));
    one.add(opened(2, 5));
    one.add(closed(2, 'client', 5));
    one.addFrame(frameOf(1, 300_000), 5);
    one.addFrame(frameOf(2), 6);
    await clock.advance(60_000);
    one.addFrame(frameOf(3), 7);
    await clock.advance(100);
    one.addFrame(frameOf(4), 7);
    await one.close();
    expect(await disk.texts(0)).to.deep.equal([
      '1 127.0.0.1:50001 > 127.0.0.1:9092',
      '2 127.0.0.1:50002 > 127.0.0.1:9092',
      '2 closed by client',
      '1 client #1',
      '1 closed by null',
    ]);
    const again = '1 127.0.0.1:50001 > 127.0.0.1:9092';
    expect(await disk.texts(1)).to.deep.equal([again, '1 client #2', '1 client #3', '1 closed by null']);
    expect(await disk.texts(2)).to.deep.equal([again, '1 client #4', '1 closed by null']);
    expect([one.recorded.files, disk.closed]).to.deep.equal([
      ['file 1', 'file 2', 'file 3'],
      [1, 2, 3],
    ]);
    expect(await readCapture(inChunks(Buffer.concat(disk.files[1]!))).about).to.deep.include({
      facts: { by: 'spec', part: '2' },
    });
    const named = disk.files.map((chunks) => /"next":"([^"]*)"/.exec(Buffer.concat(chunks).toString())?.[1]);
    expect(named).to.deep.equal(['file 2', 'file 3', undefined]);
  });

  it('ends with an error of the disk, and lets everybody go on', async () => {
    const one = recorder({ whenFull: 'wait', bufferMaxBytes: 10 });
    await clock.advance(0);
    disk.error = new Error('no space left');
    one.addFrame(frameOf(1, 300_000), 5);
    let goesOn = false;
    one.whenRoom(() => (goesOn = true));
    await clock.advance(0);
    expect([goesOn, one.mustWait]).to.deep.equal([true, false]);
    one.addFrame(frameOf(2), 5);
    expect((await one.close()).error).to.equal(disk.error);
    expect(disk.closed).to.deep.equal([1]);
  });

  it('ends the file that there is where the next cannot be opened', async () => {
    const error = new Error('no room');
    const open = (part: number) => (part === 1 ? disk.open(part) : Promise.reject(error));
    const one = recorder({ open, rollBytes: 1 });
    one.add(opened(1));
    one.addFrame(frameOf(7), clock.now());
    await clock.advance(100);
    expect((await one.close()).error).to.equal(error);
    expect(disk.closed).to.deep.equal([1]);
    expect((await disk.texts(0)).slice(1)).to.deep.equal(['1 client #7', '1 closed by null']);
  });

  it('ends with an error where no file can be opened', async () => {
    const error = new Error('no such folder');
    const one = recorder({ open: () => Promise.reject(error) });
    await clock.advance(0);
    one.add(opened(1));
    expect(await one.close()).to.deep.include({ error, files: [], bytes: 0 });
  });
});
