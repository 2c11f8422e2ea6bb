import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { apis } from '../../lib/apis';

/** Lists of APIs: those that are served, and all that there are. */
const notApis = ['index.ts', 'exchanges.ts'];

describe('apis', () => {
  it('lists every file of lib/apis, under the name of its API', () => {
    const files = readdirSync(join(__dirname, '../../lib/apis'), { withFileTypes: true })
      .filter((entry) => entry.isFile() && !notApis.includes(entry.name))
      .map(({ name }) => name.replace('.ts', ''));
    const kebab = apis.map(({ name }) => name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase());
    expect([...kebab].sort()).to.deep.equal(files.sort());
  });

  it('lists each once, by key', () => {
    const keys = apis.map(({ key }) => key);
    expect(keys).to.deep.equal([...new Set(keys)].sort((a, b) => a - b));
  });
});
