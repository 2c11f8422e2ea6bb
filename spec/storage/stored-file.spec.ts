import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Disk, nodeDisk } from '../../lib/storage/disk';
import { OpenFiles, StoredFile } from '../../lib/storage/stored-file';

describe('StoredFile', () => {
  let path: string;
  let opened: string[];
  let disk: Disk;

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'millrace-files-'));
    opened = [];
    disk = {
      ...nodeDisk,
      open: (file, create) => {
        opened.push(file.slice(path.length + 1));
        return nodeDisk.open(file, create);
      },
    };
  });
  afterEach(() => rmSync(path, { recursive: true }));

  const read = (file: StoredFile, length: number) => {
    const bytes = Buffer.alloc(length);
    return bytes.toString('utf8', 0, file.readSync(bytes, 0, length, 0));
  };

  it('is opened when it is first used, and made when it is first written', () => {
    const file = new StoredFile(new OpenFiles(disk, 4), { path }, 'a');
    expect(opened).to.deep.equal([]);
    file.writeSync(Buffer.from('xhello'), 1, 5, 0);
    expect(read(file, 10)).to.equal('hello');
    expect(opened).to.deep.equal(['a']);
  });

  it('is not made by reading', () => {
    const file = new StoredFile(new OpenFiles(disk, 4), { path }, 'none');
    expect(() => read(file, 1)).to.throw(/ENOENT/);
  });

  it('goes on with what a short write has left', async () => {
    disk.writeSync = (fd, buffer, offset, length, at) =>
      nodeDisk.writeSync(fd, buffer, offset, Math.min(length, 3), at);
    disk.writev = (fd, buffers, at) => {
      const first = buffers[0]!;
      return nodeDisk.writev(fd, [first.subarray(0, 2), ...(first.length > 1 ? [] : buffers.slice(1, 2))], at);
    };
    disk.readSync = (fd, buffer, offset, length, at) => nodeDisk.readSync(fd, buffer, offset, Math.min(length, 2), at);
    const file = new StoredFile(new OpenFiles(disk, 4), { path }, 'a');
    file.writeSync(Buffer.from('0123456789'), 0, 10, 0);
    await file.write(
      ['a', 'bcd', '', 'e', 'fghij'].map((text) => Buffer.from(text)),
      10,
    );
    expect(read(file, 100)).to.equal('0123456789abcdefghij');
  });

  it('keeps no more descriptors than it may, and opens again what it closed', () => {
    const files = new OpenFiles(disk, 3);
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => new StoredFile(files, { path }, name));
    for (const file of all) file.writeSync(Buffer.from('x'), 0, 1, 0);
    expect(files.count).to.equal(3);
    for (const file of all) expect(read(file, 1)).to.equal('x');
    expect(files.count).to.equal(3);
  });

  it('closes first what was not used lately', () => {
    const files = new OpenFiles(disk, 2);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new StoredFile(files, { path }, name)) as [
      StoredFile,
      StoredFile,
      StoredFile,
    ];
    for (const file of [a, b, c]) file.writeSync(Buffer.from('x'), 0, 1, 0);
    opened = [];
    read(c, 1);
    expect(opened).to.deep.equal([]);
  });

  it('is not closed under an operation that is under way', async () => {
    const files = new OpenFiles(disk, 1);
    const busy = new StoredFile(files, { path }, 'busy');
    const closed: number[] = [];
    disk.close = (fd) => {
      closed.push(fd);
      nodeDisk.close(fd);
    };
    const writing = busy.write([Buffer.from('abc')], 0);
    new StoredFile(files, { path }, 'other').writeSync(Buffer.from('x'), 0, 1, 0);
    busy.close();
    expect(closed).to.deep.equal([]);
    await writing;
    expect(closed).to.have.length(1);
    expect(readFileSync(join(path, 'busy'), 'utf8')).to.equal('abc');
  });

  it('gives descriptors up when the system has none left', () => {
    const files = new OpenFiles(disk, 100);
    for (const name of ['a', 'b']) new StoredFile(files, { path }, name).writeSync(Buffer.from('x'), 0, 1, 0);
    const open = disk.open;
    disk.open = (file, create) => {
      if (files.count === 2) throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
      return open(file, create);
    };
    new StoredFile(files, { path }, 'c').writeSync(Buffer.from('x'), 0, 1, 0);
    expect(files.count).to.equal(2);
  });

  it('can be renamed while it is open, and follows its directory', () => {
    const directory = { path };
    const file = new StoredFile(new OpenFiles(disk, 4), directory, 'a');
    file.writeSync(Buffer.from('old'), 0, 3, 0);
    file.rename('b');
    expect(read(file, 3)).to.equal('old');
    file.close();
    expect(read(file, 3)).to.equal('old');
    expect(file.path).to.equal(join(path, 'b'));
    directory.path = '/elsewhere';
    expect(file.path).to.equal('/elsewhere/b');
  });

  it('is renamed and removed without complaint where it does not exist', () => {
    const file = new StoredFile(new OpenFiles(disk, 4), { path }, 'a');
    file.rename('b');
    file.remove();
    writeFileSync(join(path, 'b'), '');
    file.remove();
    expect(() => readFileSync(join(path, 'b'))).to.throw(/ENOENT/);
  });
});
