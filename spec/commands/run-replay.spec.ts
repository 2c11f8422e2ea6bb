/**
 * The command as it is built, against a Millrace of this process: what it prints, writes and ends with.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { metadata } from '../../lib/apis';
import { capture } from '../../lib/capture/capture';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { start } from '../support/launch';
import { trafficFile } from '../support/reference-traffic';
import { basicMillrace } from '../support/replaying';

/** Asks for what another capture has made. */
const basic = trafficFile('kcat-admin.pcap');

describe('runReplay', function () {
  this.timeout(30_000);
  let broker: Broker;
  let target: string;
  let home: string;
  before(async () => {
    broker = await basicMillrace();
    target = `127.0.0.1:${broker.endpoints[0]!.port}`;
    home = mkdtempSync(join(tmpdir(), 'millrace-replay-'));
  });
  after(async () => {
    await broker.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** Its exit status and all that it printed. */
  async function ran(...args: string[]): Promise<{ code: number; printed: string }> {
    const service = start(['replay', ...args]);
    const code = Number(/code (\d+)$/.exec(await service.ended)?.[1]);
    return { code, printed: service.output() };
  }

  it('prints the count last, and ends with 0 where nothing differs', async () => {
    const { code, printed } = await ran(trafficFile('confluent-python-basic.pcap'), '--to', target);
    expect(printed).to.match(/\n0 differences in 43 answers\n$/);
    expect(code).to.equal(0);
  });

  it('ends with 1 where something differs, and says it in JSON and HTML', async () => {
    const html = join(home, 'report.html');
    const { code, printed } = await ran(basic, '--to', target, '--settle', '0', '--json', '--html', html);
    const lines = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).to.include({ is: 'summary', answers: 12, stopped: null });
    expect(lines.at(-1).differences).to.be.above(0);
    expect(readFileSync(html, 'utf8')).to.include('in 12 answers</h1>');
    expect(code).to.equal(1);
  });

  it('ends with 2 and a sentence for what cannot be played', async () => {
    const notOne = join(home, 'not-one.pcap');
    writeFileSync(notOne, 'hello world, this is no recording at all');
    const cases: [string[], RegExp][] = [
      [[join(home, 'nowhere.pcap'), '--to', target], /millrace: cannot read .*nowhere\.pcap/],
      [[notOne, '--to', target], /millrace: .*not-one\.pcap/],
      [[basic, '--to', '127.0.0.1:1'], /millrace: 127\.0\.0\.1:1 refuses connections/],
      [[basic, '--to', 'nonsense'], /millrace: "nonsense" is no address such as localhost:9092/],
      [[basic, '--to', target, '--ignore', 'a..b'], /millrace: "a\.\.b" is no path/],
      [[basic, '--to', target, '--ignore', 'Metdata.x'], /millrace: .*: did you mean Metadata\?/],
    ];
    for (const [args, said] of cases) {
      const { code, printed } = await ran(...args);
      expect(printed).to.match(said);
      expect(printed).not.to.match(/\n\s+at /);
      expect(code, args.join(' ')).to.equal(2);
    }
  });

  it('ends with 2 where there is nothing to play, and says why', async () => {
    const { code, printed } = await ran(basic, '--port', '1,2', '--to', target);
    expect(printed).to.include('millrace: there is nothing to play: no requests in the recording at --port 1,2\n');
    expect(printed).to.match(/^nothing was compared\n/);
    expect(code).to.equal(2);
  });

  it('ends with 2 for a command line that cannot be meant', async () => {
    for (const args of [[], [basic], ['--to', target], [basic, '--to', target, '--no-such'], [basic, '--to']])
      expect(await ran(...args), args.join(' ')).to.have.property('code', 2);
  });

  it('plays each of several recordings with ids of its own, and sums up', async () => {
    const files = ['kcat-admin.pcap', 'confluent-python-basic.pcap'].map(trafficFile);
    const { code, printed } = await ran(...files, '--to', target, '--settle', '0');
    const counts = String.raw`\d+ differences? in \d+ answers`;
    const lines = files.map((file) => String.raw`${file}\n(?:.*\n)*?${counts}\n\n`).join('');
    expect(printed).to.match(new RegExp(`^${lines}.*\n(?:.*\n)*${counts}\n$`));
    expect(printed).to.match(/ in 12 answers\n.* in 43 answers\n.* in 55 answers\n$/s);
    expect(code).to.equal(1);
  });

  it('puts the files of a recording that rolled together', async () => {
    const path = join(home, 'rolled.mrcap');
    const recording = capture(path, { rollBytes: 1, flushMs: 1, thread: false });
    const recorded = await createBroker({ topics: ['orders'], taps: recording.taps });
    let calls = 0;
    for (; recording.recorded.files.length < 3; calls++) {
      await recorded.inject(metadata, 12, { topics: null });
      await new Promise((resolve) => setImmediate(resolve)); // the disk has its turn
    }
    await recorded.close();
    const { files } = await recording.close();
    const other = await createBroker({ topics: ['orders'] });
    await other.listen();
    const { code, printed } = await ran(...[...files].reverse(), '--to', `127.0.0.1:${other.endpoints[0]!.port}`);
    expect(printed).to.include(`\n0 differences in ${calls} answer`);
    expect(printed).not.to.include('lacks');
    expect(printed.match(/0 differences/g), 'it is one recording').to.have.lengthOf(1);
    expect(code).to.equal(0);
    await other.close();
  });

  it('ends with 2 before anything is played where the report cannot be written', async () => {
    const { code, printed } = await ran(basic, '--to', target, '--html', join(home, 'none', 'x.html'));
    expect(printed).to.match(/^millrace: ENOENT: .*x\.html'\n$/);
    expect(code).to.equal(2);
  });

  it('prints what it has on Ctrl-C, and ends with 130', async () => {
    // A port where somebody listens and says nothing.
    const server = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const connected = new Promise((resolve) => server.once('connection', resolve));
    const { port } = server.address() as { port: number };
    const service = start(['replay', basic, '--to', `127.0.0.1:${port}`, '--timeout', '60000']);
    await connected;
    service.signal('SIGINT');
    expect(await service.ended).to.match(/code 130$/);
    expect(service.output()).to.match(/^nothing was compared\nmillrace: interrupted\n$/);
    server.close();
  });
});
