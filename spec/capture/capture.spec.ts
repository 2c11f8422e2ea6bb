import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair, PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { fetch, metadata, produce } from '../../lib/apis';
import { callsOf } from '../../lib/capture/calls';
import { type CaptureOptions, capture } from '../../lib/capture/capture';
import type { CaptureEvent } from '../../lib/capture/event';
import { readCapture } from '../../lib/capture/read-capture';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { buildBatch } from '../../lib/records/build';
import { recordsOf } from '../../lib/records/record';
import { UsageError } from '../../lib/usage';
import { virtualClock } from '../../lib/virtual-clock';
import { textOfEvent } from '../support/captured';
import { request } from '../support/crafted-pcap';
import { rejected, thrown } from '../support/thrown';

const asks = { topics: [{ name: 't' }], allowAutoTopicCreation: false };

function producing(value: string) {
  const records = buildBatch([{ key: 'key', value, headers: [{ key: 'h', value }] }]);
  return { acks: 1, timeoutMs: 1000, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] };
}

const fetching = {
  maxWaitMs: 1,
  minBytes: 1,
  topics: [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] }],
};

describe('capture', () => {
  let dir: string;
  let broker: Broker | null;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'millrace-'));
    broker = null;
  });
  afterEach(async () => {
    await broker?.close();
    rmSync(dir, { recursive: true });
  });
  const file = (name = 'x.mrcap') => join(dir, name);

  /** What is recorded of some work with a broker. */
  async function recorded(
    options: CaptureOptions,
    work: (broker: Broker) => Promise<unknown>,
  ): Promise<CaptureEvent[]> {
    const recording = capture(file(), { thread: false, ...options });
    broker = await createBroker({ topics: ['t'], taps: recording.taps });
    await work(broker);
    await broker.close();
    const { files } = await recording.close();
    expect(files).to.deep.equal([file()]);
    return readCapture(file()).toArray();
  }

  async function valuesOf(events: readonly CaptureEvent[]): Promise<string[]> {
    const values: string[] = [];
    for await (const event of callsOf(events)) {
      if (event.is !== 'answered') continue;
      const { request, answer } = event;
      const sent = request.body.body as { topicData?: { partitionData: { records: Buffer }[] }[] };
      const got = answer.body.body as { responses?: { partitions?: { records: Buffer }[] }[] };
      const batches = [sent.topicData?.[0]?.partitionData[0]?.records, got.responses?.[0]?.partitions?.[0]?.records];
      for (const records of batches)
        if (records !== undefined)
          for (const { key, value, headers } of recordsOf(records))
            values.push(`${request.name} ${key} ${value} ${headers[0]!.value}`);
    }
    return values;
  }

  it('records requests and answers of a broker in their order, from the begin of a connection to its end', async () => {
    const events = await recorded({}, async (one) => {
      await one.inject(metadata, 9, asks);
      await one.inject(produce, 9, producing('v'));
    });
    expect([1, 2].flatMap((id) => events.filter(({ connection }) => connection === id)).map(textOfEvent)).to.deep.equal(
      [
        '1  > ',
        '1 client #1',
        '1 broker #1',
        '1 closed by client',
        '2  > ',
        '2 client #1',
        '2 broker #1',
        '2 closed by client',
      ],
    );
    const calls = [];
    for await (const event of callsOf(events)) if (event.is === 'answered') calls.push(event);
    expect(calls.map(({ request, answer }) => [request.name, answer.body.why])).to.deep.equal([
      ['Metadata', null],
      ['Produce', null],
    ]);
  });

  it('has times of microseconds under the real clock, and those of a clock that is given', async () => {
    const asked = async (one: Broker) => {
      for (let i = 0; i < 20; i++) await one.inject(metadata, 9, asks);
    };
    const isWhole = ({ atMs }: CaptureEvent) => Number.isInteger(atMs);
    expect((await recorded({}, asked)).filter(isWhole)).to.have.lengthOf.below(20);
    rmSync(file());
    expect((await recorded({ scheduler: virtualClock() }, asked)).every(isWhole)).to.equal(true);
  });

  it('leaves values out of what is produced and fetched, and leaves batches valid', async () => {
    const events = await recorded({}, async (one) => {
      await one.inject(produce, 9, producing('SECRET'));
      await one.inject(fetch, 12, fetching);
    });
    expect(await valuesOf(events)).to.deep.equal(['Produce key redact redact', 'Fetch key redact redact']);
    expect(readFileSync(file()).includes('SECRET')).to.equal(false);
    expect((await readCapture(file()).about).facts).to.deep.equal({ redacted: 'values sasl configs', part: '1' });
  });

  it('keeps what is to be kept, and hides keys if they are to be hidden', async () => {
    const work = async (one: Broker) => {
      await one.inject(produce, 9, producing('value'));
      await one.inject(fetch, 12, fetching);
    };
    const kept = await recorded({ keep: ['values'], zstd: true }, work);
    expect(await valuesOf(kept)).to.deep.equal(['Produce key value value', 'Fetch key value value']);
    rmSync(file());
    const all = await recorded({ keep: ['values', 'sasl', 'configs'], facts: { cluster: 'c' } }, work);
    expect(await valuesOf(all)).to.deep.equal(['Produce key value value', 'Fetch key value value']);
    expect((await readCapture(file()).about).facts).to.deep.equal({ cluster: 'c', redacted: '', part: '1' });
    rmSync(file());
    expect(await valuesOf(await recorded({ hide: ['keys'] }, work))).to.deep.equal([
      'Produce red redac redac',
      'Fetch red redac redac',
    ]);
  });

  it('does its work on a thread of its own, if nothing else is said', async function () {
    this.timeout(30_000); // the thread has to be started from TypeScript
    const events = await recorded({ thread: undefined }, async (one) => {
      await one.inject(produce, 9, producing('SECRET'));
      await one.inject(fetch, 12, fetching);
    });
    expect(await valuesOf(events)).to.deep.equal(['Produce key redact redact', 'Fetch key redact redact']);
    expect(readFileSync(file()).includes('SECRET')).to.equal(false);
  });

  it('changes nothing of what flows', async () => {
    await recorded({}, async (one) => {
      await one.inject(produce, 9, producing('SECRET'));
      expect((await one.records('t').toArray()).map(({ value }) => String(value))).to.deep.equal(['SECRET']);
      const { responses } = await one.inject(fetch, 12, fetching);
      const { records } = responses[0]!.partitions[0]!;
      expect(String([...recordsOf(records!)][0]!.value)).to.equal('SECRET');
    });
  });

  it('records bytes that are no request, and who hung up', async () => {
    const events = await recorded({}, async (one) => {
      const { port } = await one.listen();
      const { connect } = await import('node:net');
      const socket = connect(port, '127.0.0.1');
      socket.write(Buffer.from([0, 0, 0, 9, 0, 18, 0, 3, 0, 0, 0, 7, 99]));
      await new Promise((resolve) => socket.once('close', resolve));
    });
    expect(events.map(textOfEvent).map((text) => text.replace(/127.0.0.1:\d+/g, 'address'))).to.deep.equal([
      '1 address > address',
      '1 client #7',
      '1 closed by broker',
    ]);
    expect(events[0]).to.include({ listener: 'PLAINTEXT' });
  });

  it('is added to a broker that runs, and says what it does not hear of connections that are open', async () => {
    broker = await createBroker({ topics: ['t'] });
    const { bootstrap } = await broker.listen();
    const [host, port] = bootstrap.split(':') as [string, string];
    const { connect } = await import('node:net');
    const socket = connect(Number(port), host);
    await new Promise((resolve) => socket.once('connect', resolve));
    const recording = capture(file(), { thread: false });
    const remove = broker.taps.add(recording.taps);
    socket.write(Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 255, 255]));
    await new Promise((resolve) => socket.once('data', resolve));
    await broker.inject(metadata, 9, asks);
    remove();
    socket.destroy();
    await broker.close();
    await recording.close();
    const texts = (await readCapture(file()).toArray()).map(textOfEvent);
    expect(texts.filter((text) => !text.includes(' > '))).to.include.members([
      '1 broker lost 0: answers on connections that were open before the recording began are not recorded',
      '1 client #7',
      '2 client #1',
      '2 broker #1',
    ]);
  });

  it('records to a stream', async () => {
    const stream = new PassThrough();
    const all = buffer(stream);
    const recording = capture(stream, { keep: ['values'] });
    broker = await createBroker({ taps: recording.taps });
    await broker.inject(metadata, 9, asks);
    await broker.close();
    expect(await recording.close()).to.include({ connections: 1, frames: 2, error: null });
    expect((await all).subarray(0, 5).toString()).to.equal('MRCAP');
  });

  it('holds traffic back while the disk is behind, if that is wanted', async () => {
    const stream = new PassThrough({ highWaterMark: 1 });
    const clock = virtualClock();
    const recording = capture(stream, { keep: ['values'], bufferMaxBytes: 1, whenFull: 'wait', scheduler: clock });
    broker = await createBroker({ taps: recording.taps });
    const [socket, server] = duplexPair();
    broker.handle(server);
    let answers = '';
    socket.on('data', (chunk: Buffer) => (answers += [...chunk.subarray(4, 8)]));
    socket.write(Buffer.concat([request(1), request(2)]));
    await clock.advance(50);
    expect(answers).to.equal('0,0,0,1');
    stream.resume();
    for (let i = 0; i < 4; i++) await clock.advance(100);
    expect(answers).to.equal('0,0,0,10,0,0,2');
    socket.end();
    await broker.close();
    await recording.close();
  });

  it('ends by itself where it cannot be written, and the broker goes on', async () => {
    const recording = capture(join(dir, 'none', 'x.mrcap'), { thread: false });
    expect(await rejected(recording.begun)).to.include({ code: 'ENOENT' });
    broker = await createBroker({ taps: recording.taps });
    await broker.inject(metadata, 9, asks);
    await broker.close();
    expect((await recording.close()).error).to.include({ code: 'ENOENT' });
  });

  it('refuses options that cannot be meant', () => {
    const refused = (options: object, target: unknown = file()) => {
      const error = thrown(() => capture(target as string, options));
      expect(error).to.be.instanceOf(UsageError);
      return (error as Error).message;
    };
    expect(refused({ roll: 1 })).to.match(/^capture: no option "roll"/);
    expect(refused({ keep: ['value'] })).to.equal('capture: keep: "value", expected a list of values, sasl, configs');
    expect(refused({ hide: 'keys' })).to.equal('capture: hide: "keys", expected a list of keys');
    expect(refused({ whenFull: 'no' })).to.equal(`capture: whenFull: "no", expected 'drop' or 'wait'`);
    expect(refused({ rollBytes: 0 })).to.equal('capture: rollBytes: 0, expected a number above 0');
    expect(refused({ zstd: 99 })).to.match(/zstd: 99, expected true or a level/);
    expect(refused({}, 5)).to.match(/expected the path of a file, or a Writable/);
    expect(refused({ thread: true, scheduler: virtualClock() })).to.match(
      /thread: only for files, and by the real clock/,
    );
    expect(refused({ thread: true }, new PassThrough())).to.match(/thread: only for files/);
    expect(refused({ rollMs: 5 }, new PassThrough())).to.match(/a stream cannot be rolled/);
  });
});
