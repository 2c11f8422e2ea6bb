import { mkdtempSync, rmSync } from 'node:fs';
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
    expect(service.output()).to.match(/Recorded 2 frames on 1 connections, \d+ bytes, in \S+x\.mrcap\.\n$/);
    const names: string[] = [];
    for await (const event of callsOf(readCapture(file))) if (event.is === 'answered') names.push(event.request.name);
    expect(names).to.deep.equal(['Metadata']);
    expect((await readCapture(file).about).facts).to.include({ upstream: bootstrap });
  });

  it('says why it cannot begin', async () => {
    for (const [args, why] of [
      [['--upstream', 'nowhere', '--to', join(dir, 'x')], /error: createProxy: upstream: .*nowhere/],
      [['--upstream', 'a:1', '--to', join(dir, 'none', 'x')], /error: ENOENT/],
      [
        ['--upstream', 'a:1', '--to', join(dir, 'y'), '--keep', 'value'],
        /error: capture: keep: "value", expected a list/,
      ],
    ] as const) {
      const service = start(['capture', ...args]);
      expect(await service.ended).to.match(/code 1$/);
      expect(service.output()).to.match(why);
    }
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
      error: new Error('no space'),
    };
    expect(told(recorded)).to.equal(
      'Recorded 2 frames on 1 connections, 9 bytes, in a, b. 3 frames were left out: the disk was slower. ' +
        'It ended early: no space',
    );
  });
});
