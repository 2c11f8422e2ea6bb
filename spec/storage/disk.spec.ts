import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { errors } from '../../lib/errors';
import { nodeDisk, storageError, unflushedDisk } from '../../lib/storage/disk';

describe('nodeDisk', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'millrace-disk-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('reads and writes at positions, either way', async () => {
    const fd = nodeDisk.open(join(root, 'a'), true);
    nodeDisk.writeSync(fd, Buffer.from('xabcx'), 1, 3, 0);
    await nodeDisk.writev(fd, [Buffer.from('d'), Buffer.from('ef')], 3);
    await nodeDisk.flush(fd);
    const bytes = Buffer.alloc(10, '.');
    expect(nodeDisk.readSync(fd, bytes, 0, 4, 1)).to.equal(4);
    expect(await nodeDisk.read(fd, bytes, 6, 4, 4)).to.equal(2);
    expect(bytes.toString()).to.equal('bcde..ef..');
    nodeDisk.truncate(fd, 2);
    nodeDisk.close(fd);
    expect(readFileSync(join(root, 'a'), 'utf8')).to.equal('ab');
  });

  it('makes no file that it is to read', () => {
    expect(() => nodeDisk.open(join(root, 'b'), false)).to.throw(/ENOENT/);
  });

  it('rejects with what the system said', async () => {
    const fd = nodeDisk.open(join(root, 'c'), true);
    nodeDisk.close(fd);
    for (const failing of [
      nodeDisk.read(fd, Buffer.alloc(1), 0, 1, 0),
      nodeDisk.writev(fd, [Buffer.alloc(1)], 0),
      nodeDisk.flush(fd),
    ])
      expect(await failing.catch((error) => error.code)).to.equal('EBADF');
  });
});

describe('unflushedDisk', () => {
  it("is the machine's own, but that nobody waits for the device", async () => {
    const { flush: _, ...rest } = nodeDisk;
    expect(unflushedDisk).to.include(rest);
    await unflushedDisk.flush(-1);
  });
});

describe('storageError', () => {
  it('says what was being done and what the system said', () => {
    const error = storageError('write 5 bytes', new Error('ENOSPC: no space left'));
    expect(error.is(errors.KAFKA_STORAGE_ERROR)).to.equal(true);
    expect(error.message).to.equal('write 5 bytes: ENOSPC: no space left');
  });
});
