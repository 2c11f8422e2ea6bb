/**
 * The files of the metadata log: segments `<base offset>.log` of record batches, read once at the start and then only
 * appended to. Called by metadata-log.ts. Kafka builds the index files beside them again by itself.
 *
 * What always holds: bytes count as written once they are on the device, and what a crash left behind them is cut off at
 * the next start. Only the end of the last segment can be torn, for every append was on the device before the next began:
 * a batch that is broken anywhere else is damage, which is reported and not repaired.
 */
import fs from 'node:fs';
import type { Logger } from '../logger';
import { BatchScan } from './batch-scan';
import type { Disk } from './disk';
import { offsetName } from './segment';
import { removeIfThere } from './small-file';
import { OpenFiles, StoredFile } from './stored-file';

const windowBytes = 1 << 20;
const maxOpenFiles = 2;

export class MetadataSegments {
  private readonly directory: { readonly path: string };
  private readonly logger: Logger;
  private readonly segmentMaxBytes: number;
  private readonly files: OpenFiles;
  /** Base offsets, by the names of the files. */
  private readonly bases: number[];
  private last: StoredFile | null = null;
  /** Bytes in the last segment that count. */
  private size = 0;
  private sound = true;

  /** @param segmentMaxBytes size at which an append begins a new segment */
  constructor(dir: string, segmentMaxBytes: number, disk: Disk, logger: Logger) {
    this.directory = { path: dir };
    this.logger = logger;
    this.segmentMaxBytes = segmentMaxBytes;
    this.files = new OpenFiles(disk, maxOpenFiles);
    this.bases = fs
      .readdirSync(dir)
      .filter((name) => /^\d{20}\.log$/.test(name))
      .map((name) => Number(name.slice(0, 20)))
      .sort((a, b) => a - b);
  }

  /** Where the log begins, by the name of its first segment; null if there is none. */
  get startOffset(): number | null {
    return this.bases[0] ?? null;
  }

  /** False once an append has failed in a way that leaves open what is in the file. */
  get intact(): boolean {
    return this.sound;
  }

  /**
   * Every batch of the log, in order; then cuts off what is torn. To be used up before anything is appended.
   * @throws Error when a batch is broken that an append had finished
   */
  *batches(): Generator<Buffer, void> {
    const window = Buffer.allocUnsafeSlow(windowBytes);
    let nextOffset = -1;
    for (const [i, base] of this.bases.entries()) {
      const file = new StoredFile(this.files, this.directory, `${offsetName(base)}.log`);
      const isLast = i === this.bases.length - 1;
      const end = fs.statSync(file.path).size;
      const scan = new BatchScan(file, 0, end, window);
      let fault: string | null = null;
      while (fault === null && scan.next()) {
        const { baseOffset, lastOffset } = scan.header;
        if (!scan.crcMatches()) fault = 'the checksum is wrong';
        else if (baseOffset < Math.max(nextOffset, base)) {
          fault = `base offset ${baseOffset}, at least ${Math.max(nextOffset, base)} expected`;
        } else {
          nextOffset = lastOffset + 1;
          yield wholeBatch(scan, file);
        }
      }
      fault ??= scan.fault;
      if (fault !== null) this.cut(file, scan, end, isLast, fault);
      if (isLast) {
        this.last = file;
        this.size = fault === null ? end : scan.position;
      } else file.close();
    }
  }

  private cut(file: StoredFile, scan: BatchScan, end: number, isLast: boolean, fault: string): void {
    const at = scan.position;
    const where = `${file.path} at byte ${at}: ${fault}`;
    const behind = scan.fault === null && scan.next() && scan.crcMatches();
    if (!isLast || behind) throw new Error(`the metadata log is damaged, and good batches follow: ${where}`);
    file.truncate(at);
    for (const suffix of ['.index', '.timeindex']) removeIfThere(file.path.replace(/\.log$/, suffix));
    scan.position = at;
    this.logger.warn({ bytes: end - at }, `cut ${end - at} torn bytes off the metadata log: ${where}`);
  }

  /**
   * Appends batches, all of them or none; resolves once they are on the device.
   * @param baseOffset offset of the first of them
   */
  async append(batches: readonly Buffer[], baseOffset: number): Promise<void> {
    const bytes = batches.reduce((sum, one) => sum + one.length, 0);
    if (this.last === null || (this.size > 0 && this.size + bytes > this.segmentMaxBytes)) this.roll(baseOffset);
    const { last, size } = this;
    this.sound = false;
    try {
      await last!.write(batches, size);
    } catch (error) {
      last!.truncate(size); // what was written of it must not be found at the next start
      this.sound = true;
      throw error;
    }
    await last!.flush();
    if (size === 0) flushDirectory(this.directory.path);
    this.size = size + bytes;
    this.sound = true;
  }

  private roll(baseOffset: number): void {
    this.last?.close();
    this.last = new StoredFile(this.files, this.directory, `${offsetName(baseOffset)}.log`);
    this.bases.push(baseOffset);
    this.size = 0;
  }

  close(): void {
    this.last?.close();
  }
}

/** The batch that the scan stands on, in memory of its own. */
function wholeBatch(scan: BatchScan, file: StoredFile): Buffer {
  const { size } = scan.header;
  if (size <= windowBytes) return Buffer.from(scan.batch());
  const whole = Buffer.allocUnsafeSlow(size);
  file.readSync(whole, 0, size, scan.position);
  return whole;
}

/** A new file is only there after a power failure once its directory is on the device as well. */
function flushDirectory(path: string): void {
  const fd = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
