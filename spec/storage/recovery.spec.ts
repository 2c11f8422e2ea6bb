import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type BatchOptions, buildBatch } from '../../lib/records/build';
import { controlRecord } from '../../lib/records/control';
import { nodeDisk } from '../../lib/storage/disk';
import { IndexCache } from '../../lib/storage/index-file';
import { LeaderEpochs } from '../../lib/storage/leader-epochs';
import { Producers } from '../../lib/storage/producers';
import { recoverSegment, replayProducers } from '../../lib/storage/recovery';
import { offsetName, Segment } from '../../lib/storage/segment';
import { OpenFiles } from '../../lib/storage/stored-file';

describe('recoverSegment', () => {
  let path: string;
  const window = Buffer.alloc(4096);
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'millrace-recovery-'));
  });
  afterEach(() => rmSync(path, { recursive: true }));

  const data = (baseOffset: number, options: BatchOptions = {}) =>
    buildBatch([{ value: 'x' }], { baseOffset, producerId: 1, producerEpoch: 0, baseSequence: baseOffset, ...options });
  const abort = (baseOffset: number) =>
    buildBatch([controlRecord('ABORT', { coordinatorEpoch: 0 })], {
      ...{ baseOffset, producerId: 1, producerEpoch: 0, control: true, transactional: true },
    });
  const lay = (baseOffset: number, ...batches: Buffer[]) => {
    const file = join(path, `${offsetName(baseOffset)}.log`);
    writeFileSync(file, Buffer.concat(batches));
    const context = { files: new OpenFiles(nodeDisk, 8), indexCache: new IndexCache(1 << 20) };
    return { segment: new Segment({ path }, baseOffset, 0, context), size: statSync(file).size };
  };

  it('goes on from the producers as they were, over the end of a segment', async () => {
    const producers = new Producers();
    const epochs = new LeaderEpochs();
    const first = lay(0, data(0, { transactional: true }));
    await recoverSegment(first.segment, first.size, producers, epochs, 4096, window);
    expect(producers.firstUnstableOffset).to.equal(0);
    const second = lay(1, data(1, { transactional: true }), abort(2));
    const recovered = await recoverSegment(second.segment, second.size, producers, epochs, 4096, window);
    expect(recovered).to.deep.equal({ droppedBytes: 0, fault: null, nextOffset: 3 });
    expect(producers.firstUnstableOffset).to.equal(-1);
    expect(second.segment.txnIndex?.entry(0)).to.deep.equal({
      ...{ producerId: 1, firstOffset: 0, lastOffset: 2, lastStableOffset: 3 },
    });
  });

  it('notes where each later leader epoch begins', async () => {
    const { segment, size } = lay(0, ...[1, 1, 3, 2, 5].map((epoch, i) => data(i, { partitionLeaderEpoch: epoch })));
    const epochs = new LeaderEpochs();
    await recoverSegment(segment, size, new Producers(), epochs, 4096, window);
    expect(epochs.entries.map(({ epoch, startOffset }) => [epoch, startOffset])).to.deep.equal([
      [1, 0],
      [3, 2],
      [5, 4],
    ]);
  });

  it('cuts off what lies too far above the base for an index', async () => {
    const { segment, size } = lay(0, data(0), data(2147483648, { baseSequence: 1 }));
    const recovered = await recoverSegment(segment, size, new Producers(), new LeaderEpochs(), 4096, window);
    expect(recovered.nextOffset).to.equal(1);
    expect(recovered.fault).to.match(/more than 2147483647 above/);
  });

  it('lets other work have a turn while it is at a large segment', async () => {
    const batches = Array.from({ length: 40 }, (_, i) =>
      buildBatch([{ value: Buffer.alloc(1 << 20) }], { baseOffset: i }),
    );
    const { segment, size } = lay(0, ...batches);
    let turns = 0;
    const spin = () => {
      turns++;
      spinning = setImmediate(spin);
    };
    let spinning = setImmediate(spin);
    await recoverSegment(segment, size, new Producers(), new LeaderEpochs(), 4096, window);
    clearImmediate(spinning);
    expect(turns).to.be.at.least(2);
  });

  it('leaves replayProducers to work out the same, from any offset on', async () => {
    const segments = [lay(0, data(0), data(1, { transactional: true })), lay(2, abort(2), data(3))];
    for (const { segment, size } of segments) {
      await recoverSegment(segment, size, new Producers(), new LeaderEpochs(), 4096, window);
    }
    const all = segments.map(({ segment }) => segment);
    const replayed = (from: number, to: number) => {
      const producers = new Producers();
      replayProducers(producers, all, from, to, window);
      return [producers.get(1)?.lastSequence ?? null, producers.firstUnstableOffset];
    };
    expect(replayed(0, 4)).to.deep.equal([3, -1]);
    expect(replayed(0, 2)).to.deep.equal([1, 1]);
    expect(replayed(3, 4)).to.deep.equal([3, -1]);
    expect(replayed(4, 4)).to.deep.equal([null, -1]);
  });
});
