import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CaptureEvent } from '../../../lib/capture/event';
import { readCapture } from '../../../lib/capture/read-capture';
import { inChunks } from '../../support/captured';
import { mrcap } from '../../support/mrcap';

const readme = readFileSync(join(__dirname, '../../../lib/capture/README.md'), 'utf8');
const lines = /```example\n(.*?)```/s.exec(readme)![1]!.split('\n');
const example = Buffer.from(lines.map((line) => line.split('#')[0]!.replace(/ /g, '')).join(''), 'hex');

const connection = 1;
const startMs = 1_700_000_000_000;
const events: CaptureEvent[] = [
  { is: 'opened', connection, atMs: startMs, client: '10.0.0.1:50000', server: '10.0.0.2:9092', listener: null },
  { is: 'frame', connection, atMs: startMs, from: 'client', bytes: Buffer.from('00120000000000010003617070', 'hex') },
  { is: 'frame', connection, atMs: startMs + 0.25, from: 'broker', bytes: Buffer.from('0000000100', 'hex') },
  { is: 'closed', connection, atMs: startMs + 1, by: 'client' },
];

describe('The example of lib/capture/README.md', () => {
  it('is what is written for these events', () => {
    expect(mrcap([events])).to.deep.equal(example);
  });

  it('is read as these events', async () => {
    const capture = readCapture(inChunks(example));
    expect(await capture.about).to.deep.equal({ format: 'mrcap', version: '1', isGzip: false, facts: { by: 'spec' } });
    expect(await capture.toArray()).to.deep.equal(events);
  });
});
