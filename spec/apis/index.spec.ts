import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { apis } from '../../lib/apis';

describe('apis', () => {
  it('lists every file of lib/apis, under the name of its API', () => {
    const files = readdirSync(join(__dirname, '../../lib/apis'), { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'index.ts')
      .map(({ name }) => name.replace('.ts', ''));
    const kebab = apis.map(({ name }) => name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase());
    expect([...kebab].sort()).to.deep.equal(files.sort());
  });

  it('lists each once, by key', () => {
    const keys = apis.map(({ key }) => key);
    expect(keys).to.deep.equal([...new Set(keys)].sort((a, b) => a - b));
  });
});
