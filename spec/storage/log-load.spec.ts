import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from '@node-rs/crc32';
import { expect } from 'chai';
import fc from 'fast-check';
import { pino } from 'pino';
import * as batch from '../../lib/records/batch';
import { type BatchOptions, buildBatch } from '../../lib/records/build';
import { controlRecord } from '../../lib/records/control';
import { nodeDisk } from '../../lib/storage/disk';
import { IndexCache } from '../../lib/storage/index-file';
import type { Log } from '../../lib/storage/log';
import { type LoadOptions, loadLog } from '../../lib/storage/log-load';
import { Pace } from '../../lib/storage/pace';
import { OpenFiles } from '../../lib/storage/stored-file';

const nowMs = 1_800_000_000_000;
const zeros = '00000000000000000000';

/** Forty batches of all kinds as they lie in a log, one behind the other. */
function mixedBatches(): Buffer[] {
  const batches: Buffer[] = [];
  let offset = 0;
  for (let i = 0; i < 40; i++) {
    const records = Array.from({ length: 1 + (i % 4) }, (_, n) => ({ key: `k${n}`, value: 'v'.repeat((i * 37) % 60) }));
    const isMarker = i % 10 === 9;
    const options: BatchOptions = {
      baseOffset: offset,
      partitionLeaderEpoch: Math.floor(i / 15),
      timestamp: nowMs - 1000 + ((i * 7) % 40),
      codec: ([0, 1, 2, 3, 4] as const)[i % 5],
      ...(i % 3 === 0 && !isMarker && { producerId: 5, producerEpoch: 0, baseSequence: i, transactional: i > 20 }),
    };
    batches.push(
      isMarker
        ? buildBatch([controlRecord(i === 29 ? 'ABORT' : 'COMMIT', { coordinatorEpoch: 1 })], {
            ...options,
            ...{ codec: 0, control: true, transactional: true, producerId: 5, producerEpoch: 0 },
          })
        : buildBatch(records, options),
    );
    offset += isMarker ? 1 : records.length;
  }
  return batches;
}

describe('loadLog', () => {
  let path: string;
  let lines: { msg: string; droppedBytes?: number }[];

  const context = () => ({
    files: new OpenFiles(nodeDisk, 16),
    indexCache: new IndexCache(1 << 20),
    scanWindow: Buffer.alloc(4096),
    pace: new Pace(() => 0),
  });
  const load = (options: Partial<LoadOptions> = {}): Promise<Log> => {
    const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(JSON.parse(line)) });
    return loadLog({ path }, context(), logger, {
      ...{ clean: false, recoveryPoint: 0, logStartOffset: 0, indexIntervalBytes: 400 },
      ...{ producerExpirationMs: 86400000, nowMs, ...options },
    });
  };
  const put = (name: string, content: Buffer | string) => writeFileSync(join(path, name), content);
  const has = (name: string) => readdirSync(path).includes(name);
  const size = (name: string) => statSync(join(path, name)).size;

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'millrace-log-'));
    lines = [];
  });
  afterEach(() => rmSync(path, { recursive: true }));

  const batches = mixedBatches();
  const whole = Buffer.concat(batches);
  const withLength = (length: number) => {
    const bytes = Buffer.from(batches[1]!);
    bytes.writeInt32BE(length, 8);
    return bytes;
  };
  const ends = batches.map((_, i) => batches.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0));
  const nextOffsets = batches.map((bytes) => batch.nextOffset(bytes));

  describe('after a crash', () => {
    it('keeps exactly the whole batches before the byte at which the file was cut off', async () => {
      for (let length = 0; length <= whole.length; length++) {
        put(`${zeros}.log`, whole.subarray(0, length));
        const log = await load();
        const kept = ends.filter((end) => end <= length).length;
        expect(log.nextOffset, `cut at ${length}`).to.equal(kept === 0 ? 0 : nextOffsets[kept - 1]);
        expect(size(`${zeros}.log`), `cut at ${length}`).to.equal(kept === 0 ? 0 : ends[kept - 1]);
        log.release();
      }
    }).timeout(60000);

    it('keeps exactly the whole batches before a byte that was damaged', async () => {
      // Base offset and leader epoch are not covered by the checksum, but by the rule that offsets increase.
      const isCovered = (at: number) => {
        const start = [0, ...ends].findLast((end) => end <= at)!;
        const field = at - start;
        return field >= 16 || (field >= 8 && field < 12);
      };
      await fc.assert(
        fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flips) => {
          fc.pre(isCovered(at));
          const damaged = Buffer.from(whole);
          damaged[at]! ^= flips;
          put(`${zeros}.log`, damaged);
          const log = await load();
          const kept = ends.filter((end) => end <= at).length;
          expect(log.nextOffset).to.equal(kept === 0 ? 0 : nextOffsets[kept - 1]);
          log.release();
        }),
        { numRuns: 300 },
      );
    }).timeout(60000);

    it('says how many bytes it cut off, and why', async () => {
      put(`${zeros}.log`, Buffer.concat([whole, Buffer.alloc(200)]));
      await load();
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ droppedBytes: 200, position: whole.length });
      expect(lines[0]!.msg).to.equal(
        `truncated 200 bytes behind offset ${nextOffsets.at(-1)! - 1}: batch length 0, at least 14 with magic 0`,
      );
    });

    for (const [what, bytes, fault] of [
      ['ends within a header', batches[1]!.subarray(0, 5), /5 bytes left, less than a batch header/],
      ['ends within a batch', batches[1]!.subarray(0, 70), /batch of \d+ bytes, 70 left/],
      ['repeats offsets', batches[0]!, /base offset 0, at least 1 expected/],
      ['has a length that no file has', withLength(0x7ffffffe), /batch of 2147483658 bytes, \d+ left/],
      ['has another magic', flipped(batches[1]!, 16, 0x40), /magic 66, known are 0, 1 and 2/],
      ['has a wrong checksum', flipped(batches[1]!, 17, 1), /the checksum does not match/],
      ['has a length below that of a batch', withLength(12), /batch length 12, at least 49 with magic 2/],
    ] as const) {
      it(`cuts off what ${what}`, async () => {
        put(`${zeros}.log`, Buffer.concat([batches[0]!, bytes]));
        expect((await load()).nextOffset).to.equal(1);
        expect(size(`${zeros}.log`)).to.equal(batches[0]!.length);
        expect(lines[0]!.msg).to.match(fault);
      });
    }

    it('drops segments behind one that was cut', async () => {
      const half = ends[19]!;
      put(`${zeros}.log`, whole.subarray(0, half - 3));
      const second = nextOffsets[19]!.toString().padStart(20, '0');
      put(`${second}.log`, whole.subarray(half));
      const log = await load();
      expect(log.nextOffset).to.equal(nextOffsets[18]);
      expect(has(`${second}.log`)).to.equal(false);
      expect(lines.map(({ msg }) => msg).join('\n')).to.match(/dropped a segment behind one that was truncated/);
    });

    it('looks at nothing below the recovery point', async () => {
      const second = nextOffsets[19]!.toString().padStart(20, '0');
      const damaged = Buffer.from(whole.subarray(0, ends[19]!));
      damaged[ends[10]! + 30]! ^= 1;
      put(`${zeros}.log`, damaged);
      put(`${zeros}.index`, '');
      put(`${zeros}.timeindex`, '');
      put(`${second}.log`, whole.subarray(ends[19]!));
      const log = await load({ recoveryPoint: nextOffsets[19]! });
      expect(log.nextOffset).to.equal(nextOffsets.at(-1));
      expect(size(`${zeros}.log`)).to.equal(ends[19]);
    });

    it('works out the same producers, epochs and indexes as the writer had', async () => {
      put(`${zeros}.log`, whole);
      const log = await load();
      expect(log.epochs.entries.map(({ epoch }) => epoch)).to.deep.equal([0, 1, 2]);
      expect([...log.producers].map(({ producerId }) => producerId)).to.deep.equal([5]);
      expect(log.abortedTransactions(0, 1000)).to.have.length(1);
      expect(log.active.offsetIndex.entries).to.be.greaterThan(5);
      await log.close();
      const files = readdirSync(path).filter((name) => name.startsWith(zeros));
      const sums = () =>
        files.map((name) =>
          createHash('md5')
            .update(readFileSync(join(path, name)))
            .digest('hex'),
        );
      const before = sums();
      await (await load()).close();
      expect(sums()).to.deep.equal(before);
    });

    it('does not check sequences: a producer may have repeated one in every batch', async () => {
      const repeated = [0, 1, 2].map((baseOffset) =>
        buildBatch([{ value: 'x' }], {
          baseOffset,
          timestamp: nowMs,
          producerId: 0,
          producerEpoch: 0,
          baseSequence: 0,
        }),
      );
      put(`${zeros}.log`, Buffer.concat(repeated));
      const log = await load();
      expect(log.nextOffset).to.equal(3);
      expect(log.producers.get(0)?.lastSequence).to.equal(0);
    });

    it('takes indexes for what they are: a preallocated rest is none of theirs', async () => {
      put(`${zeros}.log`, whole);
      put(`${zeros}.index`, Buffer.alloc(10485760));
      put(`${zeros}.timeindex`, Buffer.alloc(10485756));
      const log = await load();
      await log.close();
      expect(size(`${zeros}.index`)).to.equal(log.active.offsetIndex.entries * 8);
    });
  });

  describe('after a clean stop', () => {
    const closed = async () => {
      put(`${zeros}.log`, whole);
      await (await load()).close();
      lines = [];
    };
    const clean = (options: Partial<LoadOptions> = {}) =>
      load({ clean: true, recoveryPoint: nextOffsets.at(-1)!, ...options });

    it('is as it was', async () => {
      await closed();
      const log = await clean();
      expect(log.nextOffset).to.equal(nextOffsets.at(-1));
      expect(log.recoveryPoint).to.equal(log.nextOffset);
      expect([...log.producers].map(({ producerId, lastSequence }) => [producerId, lastSequence])).to.deep.equal([
        [5, 36],
      ]);
      expect(log.active.maxTimestamp).to.equal(Math.max(...batches.map((bytes) => batch.maxTimestamp(bytes))));
      expect(lines).to.deep.equal([]);
    });

    for (const suffix of ['.index', '.timeindex']) {
      it(`builds a missing ${suffix} again`, async () => {
        await closed();
        const before = readFileSync(join(path, zeros + suffix));
        rmSync(join(path, zeros + suffix));
        const log = await clean();
        expect(log.nextOffset).to.equal(nextOffsets.at(-1));
        await log.close();
        expect(readFileSync(join(path, zeros + suffix))).to.deep.equal(before);
      });

      it(`builds a ${suffix} of junk again`, async () => {
        await closed();
        const before = readFileSync(join(path, zeros + suffix));
        put(zeros + suffix, Buffer.alloc(17, 7));
        await (await clean()).close();
        expect(readFileSync(join(path, zeros + suffix))).to.deep.equal(before);
      });
    }

    it('builds an index again that points to no batch', async () => {
      await closed();
      const index = readFileSync(join(path, `${zeros}.index`));
      index.writeInt32BE(index.readInt32BE(index.length - 8) + 1, index.length - 8);
      put(`${zeros}.index`, index);
      expect((await clean()).nextOffset).to.equal(nextOffsets.at(-1));
    });

    it('recovers a log that is torn all the same', async () => {
      await closed();
      truncateSync(join(path, `${zeros}.log`), whole.length - 7);
      const log = await clean();
      expect(log.nextOffset).to.equal(nextOffsets.at(-2));
      expect(lines.at(-1)!.msg).to.match(/^truncated/);
    });

    it('serves a directory that has a log and nothing else', async () => {
      put(`${zeros}.log`, whole);
      const log = await clean();
      expect(log.nextOffset).to.equal(nextOffsets.at(-1));
      // Nobody said that there is anything to remember: a producer may begin with any sequence.
      expect(log.producers.size).to.equal(0);
    });

    it('begins an empty directory at the log start', async () => {
      const log = await clean({ logStartOffset: 17 });
      expect([log.logStartOffset, log.nextOffset]).to.deep.equal([17, 17]);
      expect(log.active.baseOffset).to.equal(17);
    });

    it('begins anew where the log ends before its start', async () => {
      await closed();
      const log = await clean({ logStartOffset: 1000 });
      expect([log.logStartOffset, log.nextOffset]).to.deep.equal([1000, 1000]);
      expect(has(`${zeros}.log`)).to.equal(false);
    });

    it('leaves out the newest snapshot if it is damaged, and replays from the one before', async () => {
      await closed();
      const names = readdirSync(path).filter((name) => name.endsWith('.snapshot'));
      const newest = names.at(-1)!;
      const bytes = readFileSync(join(path, newest));
      bytes[bytes.length - 1]! ^= 1;
      put(newest, bytes);
      const log = await clean();
      expect(has(newest)).to.equal(false);
      expect(log.producers.get(5)?.lastSequence).to.equal(36);
    });

    it('keeps a snapshot for the start of each segment and the newest, no others', async () => {
      const second = nextOffsets[19]!.toString().padStart(20, '0');
      put(`${zeros}.log`, whole.subarray(0, ends[19]!));
      put(`${second}.log`, whole.subarray(ends[19]!));
      await (await load()).close();
      const newest = readdirSync(path).find((name) => name.endsWith('.snapshot'))!;
      for (const offset of [3, nextOffsets[19]!, nextOffsets[30]!])
        put(`${offset.toString().padStart(20, '0')}.snapshot`, readFileSync(join(path, newest)));
      await clean();
      expect(readdirSync(path).filter((name) => name.endsWith('.snapshot'))).to.deep.equal([
        `${second}.snapshot`,
        newest,
      ]);
    });

    it('forgets producers that have not written for long', async () => {
      await closed();
      const log = await clean({ nowMs: nowMs + 86400000 });
      expect(log.producers.size).to.equal(0);
    });

    it('reads logs of the old formats', async () => {
      // One message each of magic 0 and 1.
      const message = (magic: 0 | 1, offset: number) => {
        const body = Buffer.concat([
          Buffer.from([magic, 0]),
          magic === 1 ? Buffer.from('000001a3185c5000', 'hex') : Buffer.alloc(0),
          Buffer.from('ffffffff0000000178', 'hex'),
        ]);
        const bytes = Buffer.alloc(16 + body.length);
        bytes.writeBigInt64BE(BigInt(offset), 0);
        bytes.writeInt32BE(4 + body.length, 8);
        bytes.writeUInt32BE(crc32(body), 12);
        body.copy(bytes, 16);
        return bytes;
      };
      put(`${zeros}.log`, Buffer.concat([message(0, 0), message(1, 1)]));
      expect((await load()).nextOffset).to.equal(2);
      expect(lines).to.deep.equal([]);
    });
  });
});

function flipped(bytes: Buffer, at: number, bits: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= bits;
  return copy;
}
