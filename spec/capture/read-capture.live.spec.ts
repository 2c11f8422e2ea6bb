/**
 * A recording that is read while it is being written: here by the spec itself, in pieces of its choice.
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { callsOf } from '../../lib/capture/calls';
import type { CaptureEvent } from '../../lib/capture/event';
import { Recorder } from '../../lib/capture/mrcap/recorder';
import { filesAt } from '../../lib/capture/mrcap/target';
import { readCapture } from '../../lib/capture/read-capture';
import { UsageError } from '../../lib/usage';
import { virtualClock } from '../../lib/virtual-clock';
import { inChunks, textOfEvent } from '../support/captured';
import { packet, pcap, request } from '../support/crafted-pcap';
import { mrcap } from '../support/mrcap';
import { closed, frame, opened } from '../support/recordings';
import { thrown } from '../support/thrown';

const ask = (id: number) => frame(1, 'client', request(id).subarray(4), id);
const answer = (id: number) => frame(1, 'broker', Buffer.from([0, 0, 0, id, 0, 0]), id);

describe('readCapture with live', () => {
  let dir: string;
  let path: string;
  let stop: AbortController;
  const clock = virtualClock();
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'millrace-live-'));
    path = join(dir, 'x.mrcap');
    stop = new AbortController();
  });
  afterEach(() => {
    stop.abort();
    rmSync(dir, { recursive: true, force: true });
  });

  /** What reading gives, and time for it to pass in. */
  class Follower {
    readonly seen: string[] = [];
    isOver = false;

    constructor(file = path) {
      const capture = readCapture(file, { live: true, signal: stop.signal, scheduler: clock });
      void this.read(capture);
    }

    async read(events: AsyncIterable<CaptureEvent>): Promise<void> {
      for await (const event of events) this.seen.push(textOfEvent(event));
      this.isOver = true;
    }

    /** Lets time pass until so much was seen. */
    async until(count: number): Promise<string[]> {
      while (this.seen.length < count) await pass();
      return this.seen.slice(count - 1);
    }

    async end(): Promise<string[]> {
      while (!this.isOver) await pass();
      return this.seen;
    }
  }

  async function pass(): Promise<void> {
    await clock.advance('200 ms');
    await new Promise((done) => setImmediate(done));
  }

  it('gives each block once it is whole, and ends where the recording does', async () => {
    const file = mrcap([[opened(1), ask(1)], [answer(1)], [closed(1)]]);
    const [second, third] = [...file.toString('latin1').matchAll(/MRCB/g)].map(({ index }) => index).slice(2, 4);
    writeFileSync(path, file.subarray(0, second! + 30));
    const follower = new Follower();
    expect(await follower.until(2)).to.deep.equal(['1 client #1']);
    for (let i = 0; i < 5; i++) await pass();
    expect(follower.seen).to.have.lengthOf(2);
    appendFileSync(path, file.subarray(second! + 30, third));
    expect(await follower.until(3)).to.deep.equal(['1 broker #1']);
    appendFileSync(path, file.subarray(third));
    expect(await follower.end()).to.deep.equal([
      '1 127.0.0.1:50001 > 127.0.0.1:9092',
      '1 client #1',
      '1 broker #1',
      '1 closed by client',
    ]);
  });

  it('loses nothing of a block that is not whole yet when it is told to end', async () => {
    const file = mrcap([[opened(1), ask(1)], [answer(1)]], { hasEnd: false });
    writeFileSync(path, file.subarray(0, file.length - 3));
    const follower = new Follower();
    await follower.until(2);
    stop.abort();
    expect((await follower.end()).slice(1)).to.deep.equal(['1 client #1', '1 closed by null']);
  });

  it('waits for a file that is empty yet, and ends without a word where nothing came', async () => {
    writeFileSync(path, '');
    const [follower, other] = [new Follower(), new Follower()];
    await pass();
    appendFileSync(path, mrcap([[opened(1), closed(1)]]));
    expect(await follower.end()).to.have.lengthOf(2);
    await other.end();
    writeFileSync(join(dir, 'y'), 'MRCAP');
    const third = new Follower(join(dir, 'y'));
    await pass();
    stop.abort();
    expect(await third.end()).to.deep.equal([]);
  });

  it('goes on with the files of a recording that rolls: connections stay open, calls stay paired', async () => {
    writeFileSync(join(dir, 'x.1.mrcap'), mrcap([[opened(9)]])); // of somebody else, and left alone
    const recorder = new Recorder({
      open: filesAt(path),
      facts: {},
      scheduler: clock,
      logger: null,
      bufferMaxBytes: 1e6,
      whenFull: 'drop',
      slower: 'the disk',
      rollBytes: 1,
      rollMs: null,
      flushMs: 100,
      zstdLevel: null,
    });
    await recorder.begun;
    const add = ({ connection, from, bytes, atMs }: typeof ask extends (id: number) => infer F ? F : never) =>
      recorder.addFrame({ connection, from, chunks: [bytes], isParts: false }, atMs);
    recorder.add(opened(1));
    add(ask(1));
    const follower = new Follower();
    await follower.until(2);
    add(answer(1));
    await follower.until(3);
    recorder.add(closed(1));
    const { files } = await recorder.close();
    expect(files.slice(0, 2)).to.deep.equal([path, join(dir, 'x.2.mrcap')]);
    expect(await follower.end()).to.deep.equal([
      '1 127.0.0.1:50001 > 127.0.0.1:9092',
      '1 client #1',
      '1 broker #1',
      '1 closed by client',
    ]);
    const over = readCapture(path, { live: true, scheduler: clock, signal: stop.signal });
    const kinds: string[] = [];
    let isOver = false;
    const reading = (async () => {
      for await (const { is } of callsOf(over)) kinds.push(is);
      isOver = true;
    })();
    while (!isOver) await pass();
    await reading;
    expect(kinds).to.deep.equal(['opened', 'asked', 'answered', 'closed']);
  });

  it('follows no name that leads away, none that leads back, and says of one that is not there', async () => {
    const ends = (next: string) => {
      const end = mrcap([[opened(1), closed(1)]], { end: { next } });
      writeFileSync(path, end);
      return new Follower().end();
    };
    writeFileSync(join(dir, 'y.mrcap'), mrcap([[opened(2), closed(2)]]));
    expect(await ends('y.mrcap')).to.have.lengthOf(4);
    expect(await ends(join(dir, 'y.mrcap'))).to.have.lengthOf(2);
    expect(await ends('../y.mrcap')).to.have.lengthOf(2);
    expect(await ends('x.mrcap')).to.have.lengthOf(2);
    expect((await ends('z.mrcap')).at(-1)).to.match(/goes on elsewhere: cannot read .*z\.mrcap: there is no such file/);
  });

  it('reads packets as tcpdump writes them', async () => {
    const packets = [packet({ flags: 'S' }), packet({ seq: 1, payload: request(1) }), packet({ seq: 33 })];
    const file = pcap(packets);
    writeFileSync(path, file.subarray(0, -20));
    const follower = new Follower();
    expect(await follower.until(2)).to.deep.equal(['1 client #1']);
    stop.abort();
    expect((await follower.end()).at(-1)).to.equal('1 closed by null');
  });

  it('ends with its subscription', async () => {
    writeFileSync(path, mrcap([[opened(1)]], { hasEnd: false }));
    const seen: string[] = [];
    const subscription = readCapture(path, { live: true, scheduler: clock })
      .asObservable()
      .subscribe((event) => seen.push(textOfEvent(event)));
    while (seen.length === 0) await pass();
    while (clock.timers === 0) await new Promise((done) => setImmediate(done));
    subscription.unsubscribe();
    for (let i = 0; i < 5; i++) await new Promise((done) => setImmediate(done));
    expect([seen.length, clock.timers]).to.deep.equal([1, 0]);
  });

  it('refuses a stream', () => {
    expect(thrown(() => readCapture(inChunks(mrcap([])), { live: true }))).to.be.instanceOf(UsageError);
  });
});
