import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readIfThere, removeIfThere, replaceFile, replaceFileSync } from '../../lib/storage/small-file';

describe('replaceFile and replaceFileSync', () => {
  let root: string;
  let path: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'millrace-small-'));
    path = join(root, 'file');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  for (const [name, replace] of Object.entries({ replaceFile, replaceFileSync })) {
    it(`${name}: leaves the new content and nothing beside it`, async () => {
      writeFileSync(path, 'a long old content');
      await replace(path, 'new');
      expect(readFileSync(path, 'utf8')).to.equal('new');
      expect(readdirSync(root)).to.deep.equal(['file']);
    });

    it(`${name}: leaves the old content when the new one cannot be written`, async () => {
      writeFileSync(path, 'old');
      rmSync(`${path}.tmp`, { force: true });
      const failing = Promise.resolve().then(() => replace(join(root, 'none', 'file'), 'new'));
      expect(await failing.catch((error) => error.code)).to.equal('ENOENT');
      expect(readFileSync(path, 'utf8')).to.equal('old');
    });
  }

  it('are read and removed whether they are there or not', () => {
    expect(readIfThere(path)).to.equal(null);
    removeIfThere(path);
    writeFileSync(path, 'x');
    expect(readIfThere(path)?.toString()).to.equal('x');
    removeIfThere(path);
    expect(readIfThere(path)).to.equal(null);
    expect(() => readIfThere(root)).to.throw(/EISDIR/);
  });
});
