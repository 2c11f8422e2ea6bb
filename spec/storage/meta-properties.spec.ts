import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readMetaProperties, writeMetaProperties } from '../../lib/storage/meta-properties';
import { inTempDir } from '../support/metadata';

const clusterId = 'IAAAAAAAQACAAAAAAAAAAQ';

describe('readMetaProperties', () => {
  const read = (...lines: string[]) =>
    inTempDir((dir) => {
      fs.writeFileSync(join(dir, 'meta.properties'), lines.join('\n'));
      return readMetaProperties(dir);
    });

  it('is null where there is none', () => inTempDir((dir) => expect(readMetaProperties(dir)).to.equal(null)));

  it('reads what Kafka writes, and what simple tools write: padding, other separators, no final newline', async () => {
    const expected = { clusterId, nodeId: 1, directoryId: 'EAAAAAAAQACAAAAAAAAAAQ' };
    const id = 'directory.id=EAAAAAAAQACAAAAAAAAAAQ';
    const common = [`cluster.id=${clusterId}`, 'node.id=1', 'version=1'];
    expect(await read('#', '#Sun Nov 22 21:50:26 UTC 2026', ...common, id, '')).to.deep.equal(expected);
    expect(await read(...common, `${id}==`)).to.deep.equal(expected);
    expect(await read(...common, `${id}\\=\\=`)).to.deep.equal(expected);
    expect(await read(`cluster.id: ${clusterId}`, 'node.id 1', 'version : 1', id)).to.deep.equal(expected);
    expect(await read(...common)).to.deep.equal({ ...expected, directoryId: null });
    expect(await read('version=0', `cluster.id=${clusterId}`, 'broker.id=1')).to.include({ nodeId: 1 });
  });

  it('turns standard base64 into the alphabet that Kafka uses', async () => {
    const meta = await read('version=1', 'cluster.id=x', 'node.id=1', 'directory.id=+/AAAAAAQACAAAAAAAAAAQ==');
    expect(meta?.directoryId).to.equal('-_AAAAAAQACAAAAAAAAAAQ');
  });

  const broken: [line: string, lines: string[]][] = [
    ['has no version', ['cluster.id=x', 'node.id=1']],
    ['has version 2, 0 and 1 are known', ['version=2']],
    ['has no node.id', ['version=1', 'cluster.id=x']],
    ['has node.id one, not a number from 0', ['version=1', 'cluster.id=x', 'node.id=one']],
    ['has no cluster.id', ['version=1', 'node.id=1']],
    ['has directory.id x, not a uuid', ['version=1', 'cluster.id=x', 'node.id=1', 'directory.id=x']],
    ['has directory.id AAAAAAAAAAAAAAAAAAAAAQ', ['version=1', 'node.id=1', 'directory.id=AAAAAAAAAAAAAAAAAAAAAQ']],
  ];
  for (const [message, lines] of broken) {
    it(`names the file and says that it ${message}`, async () => {
      const error: unknown = await read(...lines).catch((thrown) => thrown);
      expect(String(error)).to.include(`meta.properties ${message}`);
    });
  }
});

describe('writeMetaProperties', () => {
  it('writes what is read again', () =>
    inTempDir(async (dir) => {
      const meta = { clusterId: `${clusterId}==`, nodeId: 7, directoryId: 'EAAAAAAAQACAAAAAAAAAAQ' };
      await writeMetaProperties(dir, meta, 1_700_000_000_000);
      expect(readMetaProperties(dir)).to.deep.equal(meta);
      const lines = fs.readFileSync(join(dir, 'meta.properties'), 'utf8').split('\n');
      expect(lines[1]).to.equal('#Tue, 14 Nov 2023 22:13:20 GMT');
      expect(lines).to.include.members(['node.id=7', 'version=1', `cluster.id=${clusterId}\\=\\=`]);
    }));
});
