import { expect } from 'chai';
import { markedDirName, parsePartitionDir, partitionDirName } from '../../lib/storage/partition-dir';

describe('parsePartitionDir', () => {
  const unique = '0123456789abcdef0123456789abcdef';
  for (const [name, expected] of Object.entries({
    'foo-0': { topic: 'foo', partition: 0, mark: null },
    'a-b.c_d-12': { topic: 'a-b.c_d', partition: 12, mark: null },
    '__consumer_offsets-49': { topic: '__consumer_offsets', partition: 49, mark: null },
    [`foo-3.${unique}-delete`]: { topic: 'foo', partition: 3, mark: 'delete' },
    [`foo-3.${unique}-stray`]: { topic: 'foo', partition: 3, mark: 'stray' },
    [`foo-3.${unique}-future`]: { topic: 'foo', partition: 3, mark: 'future' },
    // A topic may be called like that.
    'foo-delete-0': { topic: 'foo-delete', partition: 0, mark: null },
  })) {
    it(`reads ${name}`, () => {
      expect(parsePartitionDir(name)).to.deep.equal(expected);
    });
  }

  for (const name of [
    'foo',
    'foo-',
    '-1',
    'foo-x',
    'foo-1.deleted',
    'foo bar-1',
    'lost+found',
    'remote-log-index-cache',
  ])
    it(`takes ${name} for no partition`, () => {
      expect(parsePartitionDir(name)).to.equal(null);
    });
});

describe('markedDirName', () => {
  it('is read back, and unique', () => {
    const name = markedDirName('foo', 7, 'stray');
    expect(parsePartitionDir(name)).to.deep.equal({ topic: 'foo', partition: 7, mark: 'stray' });
    expect(markedDirName('foo', 7, 'stray')).to.not.equal(name);
  });

  it('fits where the longest topic name does', () => {
    const name = markedDirName('x'.repeat(249), 2147483647, 'delete');
    expect(name.length).to.equal(255);
    expect(parsePartitionDir(name)?.mark).to.equal('delete');
  });
});

describe('partitionDirName', () => {
  it('is what parsePartitionDir reads', () => {
    expect(parsePartitionDir(partitionDirName('a-1', 2))).to.deep.equal({ topic: 'a-1', partition: 2, mark: null });
  });
});
