import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { expect } from 'chai';
import { fetch, produce } from '../../../lib/apis';
import { InPlace } from '../../../lib/capture/in-place';
import { readCapture } from '../../../lib/capture/read-capture';
import type { Sink } from '../../../lib/capture/sink';
import { type Order, plain, type Report, type ThreadOptions } from '../../../lib/capture/thread/messages';
import { OnThread, type OnThreadOptions, type Thread } from '../../../lib/capture/thread/on-thread';
import { record } from '../../../lib/capture/thread/record';
import { entryHeadBytes } from '../../../lib/capture/thread/slab';
import { buildBatch } from '../../../lib/records/build';
import { codecs } from '../../../lib/records/compression';
import { virtualClock } from '../../../lib/virtual-clock';
import { inChunks, textOfEvent } from '../../support/captured';
import { request } from '../../support/crafted-pcap';
import { answerBytes, closed, opened, requestBytes, toMemory } from '../../support/recordings';
import { ruled } from '../../support/stages';
import { rejected } from '../../support/thrown';

const answerOf = (size: number, correlationId = 1) => {
  const bytes = Buffer.alloc(4 + size, 'a');
  bytes.writeInt32BE(size);
  bytes.writeInt32BE(correlationId, 4);
  return bytes;
};

/** In the place of a thread: the same messages, and no thread. */
function inThisThread(options: ThreadOptions): Thread {
  const { port1, port2 } = new MessageChannel();
  record(port2, options);
  return {
    postMessage: (order, memory) => port1.postMessage(order, memory),
    on: (event, take) => event === 'message' && port1.on('message', take),
    ref: () => port1.ref(),
    unref: () => port1.unref(),
    terminate: async () => port1.close(),
  };
}

/** A thread that notes what it is told, and says what the spec wants. */
class Silent extends EventEmitter {
  readonly orders: Order[] = [];
  /** Whether the process waits for it. */
  holds = true;

  postMessage(order: Order): void {
    this.orders.push(order);
  }

  ref(): void {
    this.holds = true;
  }

  unref(): void {
    this.holds = false;
  }

  async terminate(): Promise<void> {}
}

describe('OnThread', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'millrace-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const start = (options: Partial<OnThreadOptions> = {}) =>
    new OnThread({
      path: join(dir, 'x.mrcap'),
      hidden: [],
      facts: { by: 'spec' },
      bufferMaxBytes: 1 << 20,
      slower: 'the disk',
      rollBytes: null,
      rollMs: null,
      flushMs: 100,
      zstdLevel: null,
      whenFull: 'drop',
      logger: null,
      start: inThisThread,
      ...options,
    });
  const read = () => readCapture(join(dir, 'x.mrcap')).toArray();

  it('writes what it is told: messages and answers larger than its slabs, and whatever is cut', async () => {
    const sink = start();
    sink.tell(opened(1));
    const message = Buffer.concat([request(7).subarray(4), Buffer.alloc(100_000)]);
    sink.request(1, message, 1);
    const answer = answerOf(150_000);
    sink.answer(1, answer.subarray(0, 3), 2);
    sink.answer(1, answer.subarray(3, 70_000), 2);
    await sink.begun;
    sink.answer(1, answer.subarray(70_000), 3);
    sink.tell(closed(1));
    const recorded = await sink.close();
    expect(recorded).to.deep.include({ files: [join(dir, 'x.mrcap')], frames: 2, droppedFrames: 0, error: null });
    const events = await read();
    expect(events.slice(1)).to.deep.equal([
      { is: 'frame', connection: 1, atMs: 1, from: 'client', bytes: message },
      { is: 'frame', connection: 1, atMs: 3, from: 'broker', bytes: answer.subarray(4) },
      closed(1),
    ]);
    sink.request(1, message, 4);
    expect(await sink.close()).to.deep.equal(recorded);
  });

  it('records without values what it would record if it had copied them', async () => {
    const records = Buffer.concat([
      buildBatch([{ key: 'k', value: Buffer.alloc(20_000, 'SECRET') }, { value: Buffer.alloc(300, 'SECRET') }]),
      buildBatch([{ value: Buffer.alloc(9000, 'SECRET') }], { codec: codecs.gzip }),
    ]);
    const partitionData = [
      { index: 0, records },
      { index: 1, records },
    ];
    const message = requestBytes(produce, 9, { acks: 1, timeoutMs: 1, topicData: [{ name: 't', partitionData }] });
    const asking = requestBytes(fetch, 11, { maxWaitMs: 0, minBytes: 1, topics: [] }, 2);
    const partitions = [
      { partitionIndex: 0, errorCode: 0, highWatermark: 9, lastStableOffset: 9, abortedTransactions: null, records },
    ];
    const body = answerBytes(
      fetch,
      11,
      { errorCode: 0, sessionId: 0, responses: [{ topic: 't', topicId: '', partitions }] },
      2,
    );
    const chunks = [Buffer.alloc(4), body.subarray(0, body.indexOf(records)), records, Buffer.alloc(0)];
    chunks[0]!.writeInt32BE(body.length);
    const hear = (sink: Sink) => {
      sink.tell(opened(1));
      sink.request(1, message, 1);
      sink.request(1, asking, 2);
      for (const chunk of chunks) sink.answer(1, chunk, 3);
      // Nobody asked for this one, whatever it looks like.
      for (const chunk of chunks) sink.answer(1, chunk, 4);
    };
    const threaded = start({ hidden: ['values'] });
    hear(threaded);
    await threaded.close();
    const file: Buffer[] = [];
    const inPlace = new InPlace({ ...toMemory(file), hidden: ['values'], keeps: true });
    hear(inPlace);
    await inPlace.close();
    const expected = await readCapture(inChunks(Buffer.concat(file))).toArray();
    const events = await read();
    expect(expected).to.have.lengthOf(6);
    expect(events.slice(0, 4)).to.deep.equal(expected.slice(0, 4));
    expect(events[4]).to.include({ is: 'lost', bytes: body.length });
    expect(readFileSync(join(dir, 'x.mrcap')).includes('SECRET')).to.equal(false);
  });

  it('drops whole messages and answers where no more may wait, and tells of them', async () => {
    const sink = start({ bufferMaxBytes: 128 * 1024 });
    sink.tell(opened(1));
    // Nothing is read before this function gives the thread a chance to: one slab is all that may wait.
    sink.answer(1, answerOf(100_000, 1), 1);
    sink.answer(1, answerOf(1000, 2), 1);
    sink.request(1, request(3).subarray(4), 1);
    sink.answer(1, answerOf(1000, 4).subarray(0, 500), 1);
    while (sink.recorded.bytes === 0) await new Promise((resolve) => setImmediate(resolve));
    sink.answer(1, answerOf(1000, 4).subarray(500), 2);
    sink.answer(1, answerOf(1000, 5), 2);
    sink.tell(closed(1));
    expect(await sink.close()).to.include({ frames: 2, droppedFrames: 3 });
    expect((await read()).map(textOfEvent).slice(1)).to.deep.equal([
      '1 broker #1',
      '1 broker lost 2008: 2 frames not recorded: the disk was slower, and 131072 bytes waited',
      '1 client lost 13: 1 frame not recorded: the disk was slower, and 131072 bytes waited',
      '1 broker #5',
      '1 closed by client',
    ]);
  });

  it('records no answer to a request that was dropped, if it may hold secrets', async () => {
    const sink = start({ bufferMaxBytes: 128 * 1024, hidden: ['values'] });
    sink.tell(opened(1));
    sink.answer(1, answerOf(100_000, 1), 1);
    sink.request(1, request(3).subarray(4), 1);
    while (sink.recorded.bytes === 0) await new Promise((resolve) => setImmediate(resolve));
    sink.answer(1, answerOf(1000, 3), 2);
    sink.tell(closed(1));
    await sink.close();
    expect((await read()).map(textOfEvent).at(-2)).to.match(/^1 broker lost 1000: an answer was left out/);
  });

  it('has whoever feeds it wait instead, if that is wanted', async () => {
    const sink = start({ bufferMaxBytes: 128 * 1024, whenFull: 'wait' });
    sink.tell(opened(1));
    expect(sink.mustWait).to.equal(false);
    sink.answer(1, answerOf(100_000, 1), 1);
    expect(sink.mustWait).to.equal(true);
    await new Promise<void>((goOn) => sink.whenRoom(goOn));
    expect(sink.mustWait).to.equal(false);
    sink.answer(1, answerOf(10, 2), 1);
    expect(await sink.close()).to.include({ frames: 2, droppedFrames: 0 });
  });

  it('ends where the file cannot be written, and says so once', async () => {
    const { rules, logged } = ruled();
    const sink = start({ path: join(dir, 'none', 'x.mrcap'), logger: rules.logger });
    sink.tell(opened(1));
    expect(await rejected(sink.begun)).to.include({ code: 'ENOENT' });
    sink.request(1, request(1).subarray(4), 1);
    expect((await sink.close()).error).to.include({ code: 'ENOENT' });
    expect(logged.map(({ msg }) => msg)).to.have.lengthOf(1);
    expect(logged[0]!.msg).to.match(/^the recording ends here: .* there is no directory/);
  });

  it('hands over what has waited, and keeps the rest while that was not read', async () => {
    const [thread, clock] = [new Silent(), virtualClock()];
    const sink = start({ start: () => thread, scheduler: clock, flushMs: 100 });
    const lengths = () => thread.orders.map((order) => (order.is === 'slab' ? order.length : 0));
    sink.tell(opened(1));
    await clock.advance(99);
    expect(lengths()).to.have.lengthOf(0);
    await clock.advance(1);
    expect(lengths()).to.have.lengthOf(1);
    for (let i = 0; i < 100; i++) {
      sink.answer(1, answerOf(10, i), i);
      await clock.advance(100);
    }
    expect(lengths()).to.have.lengthOf(1);
    expect(sink.recorded.droppedFrames).to.equal(0);
    const [first] = thread.orders;
    if (first?.is !== 'slab') throw new Error('no slab');
    thread.emit('message', { is: 'read', memory: first.memory, recorded: plain(sink.recorded) } satisfies Report);
    await clock.advance(100);
    expect(lengths()).to.have.lengthOf(2);
    expect(lengths()[1]).to.equal(100 * (entryHeadBytes + 14));
  });

  it('holds the process until what was handed over is written, and no longer', async () => {
    const [thread, clock] = [new Silent(), virtualClock()];
    const sink = start({ start: () => thread, scheduler: clock, flushMs: 100 });
    const recorded = plain(sink.recorded);
    const tell = (report: Report) => thread.emit('message', report);
    tell({ is: 'begun', recorded });
    expect(thread.holds).to.equal(false);
    for (const [id, written, holds] of [
      [1, 0, true],
      [2, 1, true],
      [3, 3, false],
    ] as const) {
      sink.tell(opened(id));
      await clock.advance(100);
      const order = thread.orders.at(-1)!;
      if (order.is === 'slab') tell({ is: 'read', memory: order.memory, recorded });
      tell({ is: 'written', slabs: written, recorded });
      expect(thread.holds, `${written} written`).to.equal(holds);
    }
    void sink.close();
    tell({ is: 'written', slabs: 3, recorded });
    expect(thread.holds).to.equal(true);
    tell({ is: 'ended', recorded });
  });

  it('ends where the thread fails', async () => {
    const thread = new Silent();
    const sink = start({ start: () => thread });
    sink.tell(opened(1));
    const closing = sink.close();
    thread.emit('error', new Error('a bug'));
    expect(((await closing).error as Error).message).to.equal('a bug');
    expect(((await rejected(sink.begun)) as Error).message).to.equal('a bug');
  });
});
