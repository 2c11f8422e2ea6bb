import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { readCapture } from '../../../lib/capture/read-capture';
import type { Order, Report, ThreadOptions } from '../../../lib/capture/thread/messages';
import { Slab, textOf } from '../../../lib/capture/thread/slab';
import { request } from '../../support/crafted-pcap';
import { opened } from '../../support/recordings';

describe('The recording thread', function () {
  this.timeout(30_000); // it has to be started from TypeScript

  it('reads slabs, gives them back, and ends when it is told to', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millrace-'));
    const path = join(dir, 'x.mrcap');
    const options: ThreadOptions = {
      ...{ path, hidden: [], facts: {}, bufferMaxBytes: 1e6, slower: 'the disk' },
      ...{ rollBytes: null, rollMs: null, zstdLevel: null },
    };
    const worker = new Worker(require.resolve('../../../lib/capture/thread/main'), {
      workerData: options,
      execArgv: ['--require', 'ts-node/register'],
    });
    const reports: Report[] = [];
    worker.on('message', (report: Report) => reports.push(report));
    const slab = new Slab(new ArrayBuffer(10_000));
    slab.putIncident(textOf(opened(1)));
    const message = request(1).subarray(4);
    slab.putMessage(1, message, 1);
    const { memory, length } = slab;
    worker.postMessage({ is: 'slab', memory, length } satisfies Order, [memory]);
    worker.postMessage({ is: 'close' } satisfies Order);
    await new Promise((resolve) => worker.once('exit', resolve));
    expect(reports.map(({ is }) => is)).to.include.members(['begun', 'read', 'ended']);
    const back = reports.find((report) => report.is === 'read');
    expect(back?.is === 'read' && back.memory.byteLength).to.equal(10_000);
    expect(reports.at(-1)!.recorded).to.deep.include({ files: [path], frames: 1, connections: 1, error: null });
    const events = await readCapture(path).toArray();
    expect(events[1]).to.deep.equal({ is: 'frame', connection: 1, atMs: 1, from: 'client', bytes: message });
    rmSync(dir, { recursive: true });
  });
});
