import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkTimes, FaultDisk } from '../../lib/faults/fault-disk';
import { nodeDisk } from '../../lib/storage/disk';
import { UsageError } from '../../lib/usage';
import { rejected } from '../support/thrown';

describe('FaultDisk', () => {
  let home: string;
  let disk: FaultDisk;
  let fd: number;
  let file: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'spec-faults-'));
    mkdirSync(join(home, 'my-topic-3'));
    file = join(home, 'my-topic-3', '0.log');
    disk = new FaultDisk(nodeDisk);
    fd = disk.open(file, true);
  });
  afterEach(() => {
    disk.close(fd);
    rmSync(home, { recursive: true, force: true });
  });

  const write = (text: string) => disk.writeSync(fd, Buffer.from(text), 0, text.length, 0);

  it('passes everything on while no fault is set, or none that is meant', async () => {
    for (const topic of ['my', 'topic', 'my-topic-3', 'other'])
      disk.add({ on: 'write', error: 'EIO', topic }, () => {});
    disk.add({ on: 'write', error: 'EIO', topic: 'my-topic', partition: 33 }, () => {});
    disk.add({ on: 'write', error: 'EIO', path: '.index' }, () => {});
    expect(write('abc')).to.equal(3);
    expect(await disk.writev(fd, [Buffer.from('d'), Buffer.from('e')], 3)).to.equal(2);
    await disk.flush(fd);
    const read = Buffer.alloc(5);
    expect([disk.readSync(fd, read, 0, 5, 0), String(read)]).to.deep.equal([5, 'abcde']);
    disk.truncate(fd, 1);
    expect([await disk.read(fd, read, 0, 5, 0), String(readFileSync(file))]).to.deep.equal([1, 'a']);
  });

  it('fails with the words of the system, so often, and nothing is written', () => {
    const ended: unknown[] = [];
    const fault = disk.add({ on: 'write', error: 'ENOSPC', topic: 'my-topic', partition: 3 }, (one) => ended.push(one));
    expect(() => write('abc'))
      .to.throw(`ENOSPC: no space left on device, write '${file}'`)
      .with.property('code', 'ENOSPC');
    expect([fault.fired, ended, String(readFileSync(file))]).to.deep.equal([1, [fault], '']);
    expect(write('abc')).to.equal(3);
  });

  it('fails reads, flushes and writes of many buffers', async () => {
    const set = (on: 'read' | 'write' | 'flush', times: number) => disk.add({ on, error: 'EIO', times }, () => {});
    const faults = [set('read', 2), set('write', 1), set('flush', 1)];
    expect(() => disk.readSync(fd, Buffer.alloc(1), 0, 1, 0)).to.throw('EIO: i/o error, read');
    for (const doing of [
      disk.read(fd, Buffer.alloc(1), 0, 1, 0),
      disk.writev(fd, [Buffer.from('a')], 0),
      disk.flush(fd),
    ])
      expect(await rejected(doing)).to.have.property('code', 'EIO');
    expect(faults.map(({ fired }) => fired)).to.deep.equal([2, 1, 1]);
  });

  it('lets so many bytes through before', async () => {
    const fault = disk.add({ on: 'write', error: 'ENOSPC', roomBytes: 4 }, () => {});
    expect(write('abc')).to.equal(3);
    expect(await disk.writev(fd, [Buffer.from('d'), Buffer.from('e')], 3)).to.equal(1);
    expect(fault.fired).to.equal(0);
    expect(() => write('x')).to.throw('ENOSPC');
    expect(String(readFileSync(file))).to.equal('abcd');
  });
});

describe('checkTimes', () => {
  it('wants a whole number of at least 1, or Infinity', () => {
    for (const times of [1, 7, Number.POSITIVE_INFINITY]) checkTimes('times', times);
    for (const times of [0, -1, 1.5, Number.NaN])
      expect(() => checkTimes('times', times)).to.throw(UsageError, `times: ${times}`);
  });
});
