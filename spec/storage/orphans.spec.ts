import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { buildBatch } from '../../lib/records/build';
import { findOrphans } from '../../lib/storage/orphans';
import { inTempDir, listeningLogger } from '../support/metadata';

const T = 'AAAAAAAAQACAAAAAAAAAkQ';
const U = 'AAAAAAAAQACAAAAAAAAAkg';

describe('findOrphans', () => {
  const lay = (dir: string, name: string, topicId: string | null, files: Record<string, string | Buffer> = {}) => {
    fs.mkdirSync(join(dir, name), { recursive: true });
    if (topicId !== null) fs.writeFileSync(join(dir, name, 'partition.metadata'), `version: 0\ntopic_id: ${topicId}`);
    for (const [file, content] of Object.entries(files)) fs.writeFileSync(join(dir, name, file), content);
  };

  it('finds topics by the directories that say of which they are, over all log directories', () =>
    inTempDir((home) => {
      const dirs = ['a', 'b'].map((id) => ({ path: join(home, id), id }));
      const [a, b] = [dirs[0]!.path, dirs[1]!.path];
      lay(a, 'foo-0', `${T}==`);
      lay(b, 'foo-1', T);
      lay(a, 'my-topic-3', U);
      for (const name of ['__cluster_metadata-0', 'foo-2.00112233445566778899aabbccddeeff-delete', 'lost+found', 'bar'])
        lay(a, name, U);
      fs.writeFileSync(join(a, 'file-0'), '');
      const { logger, lines } = listeningLogger();
      const found = findOrphans(dirs, logger);
      const shown = found.map(({ name, id, partitions }) => [
        name,
        id,
        [...partitions].map(([i, p]) => [i, p.directoryId]),
      ]);
      expect(shown).to.have.deep.members([
        [
          'foo',
          T,
          [
            [0, 'a'],
            [1, 'b'],
          ],
        ],
        ['my-topic', U, [[3, 'a']]],
      ]);
      expect(lines).to.deep.equal([]);
    }));

  it('leaves alone, with a warning, what has no id, another id, or is there twice', () =>
    inTempDir((home) => {
      const dirs = ['a', 'b'].map((id) => ({ path: join(home, id), id }));
      const [a, b] = [dirs[0]!.path, dirs[1]!.path];
      lay(a, 'foo-0', T);
      lay(a, 'foo-1', U);
      lay(a, 'none-0', null);
      lay(b, 'foo-0', T);
      const { logger, lines } = listeningLogger();
      expect(findOrphans(dirs, logger).map(({ name, partitions }) => [name, partitions.size])).to.deep.equal([
        ['foo', 1],
      ]);
      expect(lines).to.have.members([
        `${a}/foo-1 is left alone: there is another`,
        `${a}/none-0 is left alone: it does not say of which topic it is`,
        `${b}/foo-0 is left alone: there is another`,
      ]);
    }));

  it('knows the latest epoch by the checkpoint, else by the newest segment', () =>
    inTempDir((home) => {
      const log = buildBatch([{ value: 'x' }], { partitionLeaderEpoch: 5 });
      lay(home, 'a-0', T, { 'leader-epoch-checkpoint': '0\n2\n0 0\n8 4\n' });
      lay(home, 'b-0', U, { '00000000000000000000.log': log, '00000000000000000001.log': '' });
      lay(home, 'c-0', 'AAAAAAAAQACAAAAAAAAAkw', { '00000000000000000000.log': '' });
      const found = findOrphans([{ path: home, id: 'd' }], listeningLogger().logger);
      const epochs = found.map(({ name, partitions }) => [name, partitions.get(0)!.leaderEpoch]);
      expect(epochs).to.have.deep.members([
        ['a', 8],
        ['b', 5],
        ['c', 0],
      ]);
    }));
});
