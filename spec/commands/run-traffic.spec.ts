/**
 * `millrace traffic` as it is built: what it prints of files, of the standard input, and of what is being written.
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { listGroups, metadata, produce } from '../../lib/apis';
import { capture } from '../../lib/capture/capture';
import { runTraffic, type TrafficArguments } from '../../lib/commands/run-traffic';
import { createBroker } from '../../lib/embedded/create-broker';
import { buildBatch } from '../../lib/records/build';
import { run } from '../support/child';
import { main, start } from '../support/launch';
import { Printed } from '../support/printed';
import { trafficFile } from '../support/reference-traffic';
import { Wire } from '../support/wire';

const file = trafficFile('kafkajs-basic.pcap');

describe('runTraffic', function () {
  this.timeout(30_000);

  it('reads only connections with the ports that are said', async () => {
    const output = new Printed();
    await runTraffic([file], { port: [1] }, output);
    expect(output.text).to.include('0 requests on 0 connections');
  });

  it('reads the standard input', async () => {
    const { stdout } = await run(process.execPath, [main, 'traffic', '-', '--stats'], { stdin: readFileSync(file) });
    expect(stdout.toString()).to.match(/\nFetch v11 +2 /);
  });

  it('waits for more with --live, and sums up what it saw when it is interrupted', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millrace-print-'));
    try {
      const growing = join(dir, 'growing.pcap');
      const bytes = gunzipSync(readFileSync(file));
      const half = bytes.subarray(0, bytes.length >> 1);
      writeFileSync(growing, half);
      const service = start(['traffic', growing, '--live']);
      await service.until(/CreateTopics v3/);
      appendFileSync(growing, bytes.subarray(half.length));
      await service.until(/LeaveGroup v3/);
      service.signal('SIGINT');
      expect(await service.ended).to.match(/code 0$/);
      expect(service.output()).to.include('25 requests on 4 connections');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('shows the traffic of a broker while it is being recorded, from file to file, and ends with the recording', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millrace-print-'));
    const recording = capture(join(dir, 'live.mrcap'), { rollBytes: 1, thread: false });
    const broker = await createBroker({ topics: ['orders'], taps: recording.taps });
    try {
      await broker.inject(metadata, 12, { topics: [{ name: 'orders' }], includeTopicAuthorizedOperations: false });
      const service = start(['traffic', join(dir, 'live.mrcap'), '--live']);
      await service.until(/Metadata v12 .* orders/);
      await broker.inject(listGroups, 4, {});
      await service.until(/ListGroups v4/);
      await broker.close();
      const { files } = await recording.close();
      expect(files.length).to.be.greaterThan(1);
      expect(await service.ended).to.match(/code 0$/);
      expect(service.output())
        .to.match(/\n2 requests on \d connections? in .* · 0 without an answer/)
        .and.not.to.include('not read');
    } finally {
      await broker.close();
      await recording.close();
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('says where a recording goes on of which a part is not shown', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millrace-print-'));
    const recording = capture(join(dir, 'x.mrcap'), { rollBytes: 1, thread: false, flushMs: 1 });
    const broker = await createBroker({ taps: recording.taps });
    try {
      await broker.inject(listGroups, 4, {});
      await broker.close();
      const { files } = await recording.close();
      expect(files.length).to.be.greaterThan(1);
      for (const [given, isMissing] of [
        [[files[0]!], true],
        [files, false],
      ] as const) {
        const output = new Printed();
        await runTraffic(given, {}, output);
        expect(output.text).to.include('ListGroups v4');
        const line = `something not read: the recording goes on in ${basename(files[1]!)}, which was not given\n`;
        expect(output.text.includes(line)).to.equal(isMissing);
        expect(output.text.endsWith('\n1 gap\n')).to.equal(isMissing);
      }
    } finally {
      await broker.close();
      await recording.close();
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('shows what goes through a proxy, without secrets and without a file, until Ctrl-C', async () => {
    const broker = await createBroker({ topics: ['orders'] });
    try {
      const { bootstrap } = await broker.listen();
      const service = start(['traffic', '--live', '--upstream', bootstrap, '--json', '--bodies', '--api', 'P*,M*']);
      await service.until(/Ctrl-C ends it/);
      const address = /clients connect to (\S+),/.exec(service.output())![1]!;
      const wire = await Wire.connect(address);
      await wire.request(metadata, 9, { topics: [{ name: 'orders' }], allowAutoTopicCreation: false });
      await service.until(/"Metadata"/);
      const records = buildBatch([{ key: 'who', value: 'sesame' }]);
      const partitionData = [{ index: 0, records }];
      await wire.request(produce, 9, { acks: 1, timeoutMs: 1000, topicData: [{ name: 'orders', partitionData }] });
      await service.until(/"Produce"/);
      service.signal('SIGINT');
      expect(await service.ended).to.match(/code 0$/);
      wire.close();
      const [call, , summary] = service
        .output()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(call).to.deep.include({ is: 'call', api: 'Metadata', topics: ['orders'], errors: [] });
      expect(summary).to.deep.include({ is: 'summary', requests: 2, unanswered: 0, lost: 0, connections: 1 });
      expect(service.output()).to.include('redact').and.not.to.include('sesame');
    } finally {
      await broker.close();
    }
  });

  it('ends, and its proxy with it, after as many calls as are wanted', async () => {
    const broker = await createBroker();
    try {
      const { bootstrap } = await broker.listen();
      const service = start(['traffic', '--live', '--upstream', bootstrap, '--limit', '1']);
      await service.until(/Ctrl-C ends it/);
      const wire = await Wire.connect(/clients connect to (\S+),/.exec(service.output())![1]!);
      await wire.request(metadata, 9, { topics: [], allowAutoTopicCreation: false });
      expect(await service.ended).to.match(/code 0$/);
      expect(service.output()).to.match(/\n1 request on 1 connection /);
      wire.close();
    } finally {
      await broker.close();
    }
  });

  it('reads the connections that are wanted only, unless names or moments need more', async () => {
    const printed = async (options: TrafficArguments) => {
      const output = new Printed();
      await runTraffic([file], options, output);
      const [, requests, connections] = /\n(\d+)(?: of \d+)? requests? on (\d+ connections?)/.exec(output.text)!;
      return [requests, connections];
    };
    const calls = (await printed({ connection: ['2'] }))[0]!;
    expect(await printed({ connection: ['2'] })).to.deep.equal([calls, '1 connection']);
    for (const more of [{ from: '+0s' }, { to: '23:59:59' }, { topic: ['*'] }])
      expect((await printed({ connection: ['2'], ...more }))[1]).to.equal('4 connections');
    expect(await printed({ connection: ['2'], from: '+0s' })).to.deep.equal([calls, '4 connections']);
    expect(await printed({ connection: ['0'] })).to.deep.equal(['0', '4 connections']);
  });

  it('reads several files as one', async () => {
    const output = new Printed();
    await runTraffic([file, file], { connection: ['2', '6'] }, output);
    expect(output.text).to.match(/ requests on 8 connections /);
    const lines = output.text.split('\n').map((line) => line.trim().split(/ +/)[2]);
    expect(new Set(lines.filter((text) => /^\d$/.test(text ?? '')))).to.deep.equal(new Set(['2', '6']));
  });

  it('begins with what is new where that is wanted', async () => {
    const output = new Printed();
    await runTraffic([file], { from: 'now' }, output);
    expect(output.text).to.include('0 of 25 requests on 4 connections');
  });

  for (const [args, code, message] of [
    [['/nowhere'], 1, 'cannot read /nowhere: there is no such file'],
    [[__filename], 1, 'is not a recording'],
    [['--upstream', 'a:1', '--listen', '192.0.2.1:1'], 1, '--listen: 192.0.2.1 is no address of this machine'],
    [[file, '--api', 'Metdata'], 2, '--api Metdata: did you mean Metadata?'],
    [['--upstream', 'nowhere'], 2, '--upstream: cannot read "nowhere"'],
  ] as const) {
    it(`ends with ${code} and says: ${message}`, async () => {
      const service = start(['traffic', ...args]);
      expect(await service.ended).to.match(new RegExp(`code ${code}$`));
      expect(service.output())
        .to.match(/^millrace traffic: /)
        .and.to.include(message);
    });
  }
});
