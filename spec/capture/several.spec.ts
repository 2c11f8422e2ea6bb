import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import type { CaptureEvent } from '../../lib/capture/event';
import { Recorder } from '../../lib/capture/mrcap/recorder';
import { filesAt } from '../../lib/capture/mrcap/target';
import { readSeveral, recordingsOf } from '../../lib/capture/several';
import { textOfEvent } from '../support/captured';
import { packet, pcap, request } from '../support/crafted-pcap';
import { mrcap } from '../support/mrcap';
import { closed, frame, opened, toMemory } from '../support/recordings';
import { rejected } from '../support/thrown';

const ask = (id: number, atMs: number, connection = 1) => frame(connection, 'client', request(id).subarray(4), atMs);

describe('readSeveral', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'millrace-several-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function file(name: string, events: CaptureEvent[]): string {
    const path = join(dir, name);
    writeFileSync(path, mrcap([events]));
    return path;
  }

  async function read(files: readonly string[]): Promise<string[]> {
    const seen: string[] = [];
    for await (const event of readSeveral(files)) seen.push(textOfEvent(event));
    return seen.map((text) => text.replace(/ \S+ > \S+/, ' opened'));
  }

  it('gives what began first first, with connections apart', async () => {
    const late = file('a.mrcap', [opened(1, 200), ask(1, 201), closed(1, 'client', 202)]);
    const early = file('b.mrcap', [opened(1, 100), ask(2, 101), ask(3, 300)]);
    expect(await read([late, early])).to.deep.equal([
      ...['1 opened', '1 client #2', '1 client #3', '1 closed by null'],
      ...['2 opened', '2 client #1', '2 closed by client'],
    ]);
  });

  /** Files of one recording of a connection that stays open, a request in each, and their paths. */
  async function rolled(): Promise<readonly string[]> {
    const recorder = new Recorder({ ...toMemory([]), open: filesAt(join(dir, 'x.mrcap')), rollBytes: 1, flushMs: 0 });
    await recorder.begun;
    recorder.add(opened(1, 100));
    await recorder.written();
    for (const id of [1, 2, 3]) {
      const { atMs, bytes } = ask(id, 100 + id);
      recorder.addFrame({ connection: 1, from: 'client', chunks: [bytes], isParts: false }, atMs);
      await recorder.written();
    }
    return (await recorder.close()).files;
  }

  it('reads the files of a recording that was rolled as one, in whatever order they are given', async () => {
    const files = await rolled();
    expect(files.length).to.be.at.least(3);
    const other = file('other.mrcap', [opened(1, 102), ask(9, 102), closed(1, 'client', 103)]);
    const wanted = [
      ...['1 opened', '1 client #1', '1 client #2', '1 client #3', '1 closed by null'],
      ...['2 opened', '2 client #9', '2 closed by client'],
    ];
    expect(await read([...files, other])).to.deep.equal(wanted);
    expect(await read([other, ...files].reverse())).to.deep.equal(wanted);
  });

  it('reads the files that it is given, and no others', async () => {
    const [first, , ...rest] = await rolled();
    expect(await read([first!, ...rest])).not.to.include('1 client #2');
  });

  it('reads recordings of packets along with others, and those in which nothing is', async () => {
    const packets = join(dir, 'packets.pcap');
    writeFileSync(packets, pcap([packet({ payload: request(5) })]));
    const seen = await read([file('empty.mrcap', []), packets, file('a.mrcap', [opened(1, 2e12), ask(1, 2e12)])]);
    expect(seen.filter((text) => text.includes('client #'))).to.deep.equal(['1 client #5', '2 client #1']);
  });

  it('gives nothing where one of them cannot be read', async () => {
    const good = file('a.mrcap', [opened(1, 100), ask(1, 101)]);
    const error = await rejected(read([good, join(dir, 'none')]));
    expect((error as Error).message).to.match(/^cannot read .*none: there is no such file$/);
  });

  it('says of a recording where it goes on, if that was not given', async () => {
    const [first, second, third] = await rolled();
    const why = (file: string) => `- - lost 0: the recording goes on in ${basename(file)}, which was not given`;
    expect(await read([first!])).to.include(why(second!));
    expect(await read([second!, first!]))
      .to.include(why(third!))
      .and.not.to.include(why(second!));
  });
});

describe('recordingsOf', () => {
  it('gives each by itself', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millrace-several-'));
    const files = [300, 100].map((atMs) => join(dir, String(atMs)));
    for (const file of files) writeFileSync(file, mrcap([[opened(1), ask(1, Number(basename(file)))]]));
    const seen: string[] = [];
    for await (const { file, events } of recordingsOf(files)) {
      seen.push(basename(file));
      for await (const event of events) seen.push(event.is);
    }
    expect(seen).to.deep.equal(['100', 'opened', 'frame', 'closed', '300', 'opened', 'frame', 'closed']);
    rmSync(dir, { recursive: true });
  });
});
