import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { fetch } from '../lib/apis/fetch';
import { readCapture } from '../lib/capture/read-capture';
import { buildBatch } from '../lib/records/build';
import type { Service } from './support/child';
import { type Home, launch, makeHome, start } from './support/launch';
import { readAll } from './support/reading';
import { requestFrame, Wire } from './support/wire';
import { append, createTopic, topicIdOf } from './support/writing';

describe('serve', function () {
  this.timeout(60_000);
  let home: Home;
  let service: Service;

  beforeEach(async () => {
    home = await makeHome();
  });
  afterEach(async () => {
    await service?.kill();
    await home.remove();
  });

  const lines = () =>
    service
      .output()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const cleanMark = () => join(home.dir, '.kafka_cleanshutdown');
  const listening = async () => {
    const [host, port] = home.bootstrap.split(':');
    return await new Promise<boolean>((resolve) => {
      const socket = connect(Number(port), host, () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  };

  it('logs JSON, a line each, and says when it is ready and where', async () => {
    service = await launch(home);
    const [host, port] = home.bootstrap.split(':');
    const ready = lines().find(({ msg }) => msg === 'Millrace is ready');
    expect(ready).to.deep.include({
      level: 'info',
      listeners: [{ listener: 'PLAINTEXT', host, port: Number(port) }],
    });
    expect(ready?.['clusterId']).to.match(/^[\w-]{22}$/);
    for (const line of lines()) expect(line['time']).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(service.output()).not.to.include('\x1b');
  });

  it('records all traffic where it is told to, and says what it recorded', async () => {
    const file = join(home.path, 'x.mrcap');
    service = start([home.file, '--capture', file]);
    await service.until(/Millrace is ready/);
    const wire = await Wire.connect(home.bootstrap);
    await createTopic(wire, 'seen');
    await append(wire, 'seen', 0, buildBatch([{ value: 'SECRET' }]));
    wire.close();
    await service.stop();
    expect(lines().find(({ msg }) => msg === 'recorded')).to.include({ connections: 1, droppedFrames: 0 });
    const events = await readCapture(file).toArray();
    expect(events[0]).to.include({ is: 'opened', server: home.bootstrap, listener: 'PLAINTEXT' });
    expect(events.filter((event) => event.is === 'frame').length).to.be.at.least(4);
    expect(readFileSync(file).includes('SECRET')).to.equal(false);
  });

  it('says to which file it records, and does not begin to serve where it cannot', async () => {
    const file = join(home.path, 'x.mrcap');
    service = start([home.file, '--capture', file]);
    await service.until(/Millrace is ready/);
    expect(lines().map((line) => line['file'])).to.include(file);
    await service.stop();
    service = start([home.file, '--capture', join(home.path, 'none', 'x.mrcap')]);
    expect(await service.ended).to.match(/code 1$/);
    const last = lines().at(-1);
    expect(last).to.include({ level: 'fatal' });
    expect(last!['msg']).to.match(/^cannot record to .*: there is no directory .*none$/);
    service = start([home.file, '--capture', home.path]);
    expect(await service.ended).to.match(/code 1$/);
    expect(lines().at(-1)!['msg']).to.match(/ is a directory: expected the path of a file/);
    expect(lines()).to.have.length(1);
  });

  it('leaves no file of a recording behind where it cannot begin to serve', async () => {
    service = await launch(home);
    const other = await makeHome();
    const file = join(other.path, 'x.mrcap');
    try {
      const late = start([other.file, '--override', `listeners=PLAINTEXT://${home.bootstrap}`, '--capture', file]);
      expect(await late.ended).to.match(/code 1$/);
      expect(late.output()).to.include('recording what clients').and.to.include('is taken by another program');
      expect(existsSync(file)).to.equal(false);
    } finally {
      await other.remove();
    }
  });

  it('takes overrides before the file, and says so where one is none', async () => {
    const dir = join(home.path, 'elsewhere');
    service = start([home.file, '--override', `log.dirs=${dir}`, '--override', 'num.partitions=7']);
    await service.until(/Millrace is ready/);
    const wire = await Wire.connect(home.bootstrap);
    await createTopic(wire, 'seven', { partitions: -1 });
    wire.close();
    expect([existsSync(join(dir, 'seven-6')), existsSync(home.dir)]).to.deep.equal([true, false]);
    await service.stop();
    service = start([home.file, '--override', 'nonsense']);
    expect(await service.ended).to.match(/code 1$/);
    expect(lines()[0]).to.include({ level: 'fatal', msg: '--override nonsense: expected key=value' });
  });

  it('warns of keys that nobody knows, and of those that do not protect anything here', async () => {
    writeFileSync(home.file, `${readFileSync(home.file)}num.partitoins=3\nauthorizer.class.name=x.Y\n`);
    service = await launch(home);
    const warnings = lines().filter(({ level }) => level === 'warn');
    expect(warnings.map(({ msg }) => String(msg))).to.satisfy((all: string[]) =>
      [/^num\.partitoins has no effect.*num\.partitions/, /^authorizer\.class\.name has no effect/].every((wanted) =>
        all.some((msg) => wanted.test(msg)),
      ),
    );
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`answers what is in flight on ${signal}, flushes, leaves the mark of a clean shutdown, and ends with 0`, async () => {
      service = await launch(home);
      const [writer, reader, idle] = await Promise.all([0, 1, 2].map(() => Wire.connect(home.bootstrap)));
      const topicId = await createTopic(writer!, 'lasting');
      const partition = { partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 };
      const parked = reader!.request(fetch, 16, {
        ...{ maxWaitMs: 30_000, minBytes: 1_000_000, forgottenTopicsData: [] },
        topics: [{ topic: '', topicId, partitions: [partition] }],
      });
      expect(existsSync(cleanMark())).to.equal(false);
      const batch = buildBatch([{ value: Buffer.alloc(100_000, 'a') }]);
      const appended = Promise.all(Array.from({ length: 10 }, () => append(writer!, 'lasting', 0, batch)));
      // What the socket has brought before the signal is in flight; the first answer says that the burst is being read.
      await Promise.race([appended, append(idle!, 'lasting', 0, batch)]);
      service.signal(signal);
      expect(await service.ended).to.match(/code 0$/);
      const { errorCode, responses } = await parked;
      expect([errorCode, responses[0]?.partitions[0]?.errorCode]).to.deep.equal([0, 0]);
      await idle!.ended;
      expect(await listening()).to.equal(false);
      expect(readFileSync(cleanMark(), 'utf8')).to.match(/^\{"version":0,"brokerEpoch":\d+\}$/);
      const said = lines().map(({ msg }) => msg);
      expect(said.slice(-2)).to.deep.equal([
        `${signal}: answering what is in flight, then stopping`,
        'stopped cleanly',
      ]);

      const acked = await appended.catch(() => [] as number[]);
      service = await launch(home);
      expect(service.output()).not.to.match(/truncated|building it again/);
      const again = await Wire.connect(home.bootstrap);
      const records = await readAll(again, { topic: 'lasting', topicId, partition: 0, offset: 0 });
      expect(records.map(({ offset }) => offset)).to.include.members(acked);
      again.close();
    });
  }

  it('ends at once on a second signal, without the mark; the next start serves all that was acknowledged', async () => {
    service = await launch(home);
    const wire = await Wire.connect(home.bootstrap);
    const topicId = await createTopic(wire, 'lasting');
    for (let i = 0; i < 20; i++) await append(wire, 'lasting', 0, buildBatch([{ value: Buffer.alloc(900_000) }]));
    // A client that never reads its answers keeps the first signal's stop waiting for it.
    const [host, port] = home.bootstrap.split(':');
    const deaf = connect(Number(port), host);
    deaf.pause();
    const partition = { partition: 0, fetchOffset: 0, partitionMaxBytes: 20_000_000 };
    const ask = {
      maxWaitMs: 0,
      minBytes: 1,
      forgottenTopicsData: [],
      topics: [{ topic: '', topicId, partitions: [partition] }],
    };
    await new Promise<void>((resolve) => deaf.write(requestFrame(fetch, 16, ask), () => resolve()));
    await append(wire, 'lasting', 0, buildBatch([{ value: 'last' }]));
    service.signal('SIGTERM');
    await service.until(/SIGTERM: answering what is in flight/);
    service.signal('SIGTERM');
    expect(await service.ended).to.match(/code 1$/);
    expect(service.output()).not.to.include('stopped cleanly');
    expect(existsSync(cleanMark())).to.equal(false);
    deaf.destroy();
    wire.close();

    service = await launch(home);
    const again = await Wire.connect(home.bootstrap);
    expect(await topicIdOf(again, 'lasting')).to.equal(topicId);
    const records = await readAll(again, { topic: 'lasting', topicId, partition: 0, offset: 0 });
    expect([records.length, String(records.at(-1)?.value)]).to.deep.equal([21, 'last']);
    again.close();
  });
});
