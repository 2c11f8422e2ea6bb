import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { metadata } from '../../lib/apis';
import { callsOf } from '../../lib/capture/calls';
import { readCapture } from '../../lib/capture/read-capture';
import { told } from '../../lib/commands/run-capture';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { start } from '../support/launch';
import { Wire } from '../support/wire';

describe('runCapture', function () {
  this.timeout(30_000);
  let dir: string;
  let broker: Broker;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'millrace-'));
    broker = await createBroker();
  });
  afterEach(async () => {
    await broker.close();
    rmSync(dir, { recursive: true });
  });

  it('records what clients and a broker say to each other, until Ctrl-C', async () => {
    const { bootstrap } = await broker.listen();
    const file = join(dir, 'x.mrcap');
    const service = start(['capture', '--upstream', bootstrap, '--to', file]);
    await service.until(/Ctrl-C ends it/);
    const address = /clients connect to (\S+),/.exec(service.output())![1]!;
    const wire = await Wire.connect(address);
    await wire.request(metadata, 9, { topics: [], allowAutoTopicCreation: false });
    wire.close();
    service.signal('SIGINT');
    expect(await service.ended).to.match(/code 0$/);
    expect(service.output()).to.match(
      /Recorded 2 frames on 1 connection, \d+ B, in \S+x\.mrcap\.\nTo look at it: millrace traffic \S+x\.mrcap\n$/,
    );
    const names: string[] = [];
    for await (const event of callsOf(readCapture(file))) if (event.is === 'answered') names.push(event.request.name);
    expect(names).to.deep.equal(['Metadata']);
    expect((await readCapture(file).about).facts).to.include({ upstream: bootstrap });
  });

  it('leaves a file alone that is there, and says so', async () => {
    const file = join(dir, 'x.mrcap');
    writeFileSync(file, 'mine');
    const service = start(['capture', '--upstream', 'a:1', '--to', file]);
    await service.until(/Ctrl-C ends it/);
    service.signal('SIGTERM');
    expect(await service.ended).to.match(/code 0$/);
    expect(service.output()).to.match(/^Recording to \S+x\.1\.mrcap \(\S+x\.mrcap is there\): clients connect to /);
    expect(readFileSync(file, 'utf8')).to.equal('mine');
  });

  it('says why it cannot begin, and leaves no file behind', async () => {
    const [file, none] = [join(dir, 'x'), join(dir, 'none', 'x')];
    for (const [args, code, why] of [
      [['--upstream', 'nowhere', '--to', file], 2, /^error: --upstream: cannot read "nowhere": expected host:port/],
      [['--upstream', 'a:1', '--listen', 'here', '--to', file], 2, /^error: --listen: cannot read "here"/],
      [['--upstream', 'a:1', '--listen', '192.0.2.1:1', '--to', file], 1, /^error: --listen: 192.0.2.1 is no address/],
      [['--upstream', 'a:1', '--to', none], 1, /^error: cannot record to .*: there is no directory .*none\n/],
      [['--upstream', 'a:1', '--to', dir], 1, /^error: .* is a directory: expected the path of a file/],
      [['--upstream', 'a:1', '--to', file, '--keep', 'value'], 2, /^error: .*Expected some of values, sasl, configs/],
      [['--upstream', 'a:1'], 2, /^error: required option '--to/],
    ] as const) {
      const service = start(['capture', ...args]);
      expect(await service.ended).to.match(new RegExp(`code ${code}$`));
      expect(service.output()).to.match(why);
    }
    expect(readdirSync(dir)).to.deep.equal([]);
  });
});

describe('told', () => {
  it('says what was left out, and why it ended early', () => {
    const recorded = {
      files: ['a', 'b'],
      bytes: 9,
      connections: 1,
      frames: 2,
      droppedFrames: 3,
      unknownRequests: 1,
      error: new Error('no space'),
    };
    expect(told(recorded).split('\n')).to.deep.equal([
      'Recorded 2 frames on 1 connection, 9 B, in a, b.',
      'Warning: 3 frames were left out: the disk was slower.',
      'Warning: 1 request of an API that this version does not know was kept in full, with whatever secrets may be in there.',
      'It ended early: no space',
      'To look at it: millrace traffic a b',
    ]);
  });
});
