import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { expect } from 'chai';
import { readCapture } from '../../../lib/capture/read-capture';
import type { Order, Report } from '../../../lib/capture/thread/messages';
import { record } from '../../../lib/capture/thread/record';
import { Slab, textOf } from '../../../lib/capture/thread/slab';
import { request } from '../../support/crafted-pcap';
import { closed, opened } from '../../support/recordings';

describe('record', () => {
  it('takes the secrets out of what slabs bring, and gives the slabs back', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millrace-'));
    const path = join(dir, 'x.mrcap');
    const { port1, port2 } = new MessageChannel();
    record(port2, {
      ...{ path, hidden: ['sasl'], facts: {}, bufferMaxBytes: 1e6, slower: 'the disk' },
      ...{ rollBytes: null, rollMs: null, zstdLevel: null },
    });
    const reports: Report[] = [];
    port1.on('message', (report: Report) => reports.push(report));
    const slab = new Slab(new ArrayBuffer(10_000));
    slab.putIncident(textOf(opened(1)));
    const token = Buffer.concat([Buffer.from([0, 0, 0, 6]), Buffer.from('SECRET')]);
    slab.putMessage(1, request(1, { key: 36, body: token }).subarray(4), 1);
    slab.putIncident(textOf(closed(1)));
    slab.putMessage(1, request(2).subarray(4), 2);
    const { memory, length } = slab;
    port1.postMessage({ is: 'slab', memory, length } satisfies Order, [memory]);
    port1.postMessage({ is: 'close' } satisfies Order);
    await new Promise((resolve) => port1.once('close', resolve));
    expect(reports.map(({ is }) => is)).to.include.members(['begun', 'read', 'ended']);
    const back = reports.find((report) => report.is === 'read');
    expect(back?.is === 'read' && back.memory.byteLength).to.equal(10_000);
    expect(reports.at(-1)!.recorded).to.deep.include({ files: [path], frames: 1, connections: 1, error: null });
    const events = await readCapture(path).toArray();
    const bytes = events.flatMap((event) => (event.is === 'frame' ? [event.bytes] : []));
    expect([bytes.length, String(bytes[0]!.subarray(-6))]).to.deep.equal([1, 'xxxxxx']);
    rmSync(dir, { recursive: true });
  });
});
