/**
 * The package as a program sees it that has installed it: what is built, found by its name, by both kinds of import.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { run } from '../support/child';

const root = resolve(__dirname, '../..');
const body = `
  createBroker({ topics: ['a'], scheduler: virtualClock() }).then(async (broker) => {
    const { port } = await broker.listen();
    await broker.close();
    console.log(port > 0);
  });
`;

describe('The package', function () {
  this.timeout(30_000);
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'millrace-package-'));
    mkdirSync(join(home, 'node_modules'));
    symlinkSync(root, join(home, 'node_modules/millrace'), 'dir');
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  async function prints(name: string, program: string): Promise<string> {
    writeFileSync(join(home, name), program);
    const { stdout, stderr } = await run(process.execPath, [join(home, name)]);
    expect(String(stderr)).to.equal('');
    return String(stdout);
  }

  it('is there for require', async () => {
    const program = `const { createBroker, virtualClock } = require('millrace');${body}`;
    expect(await prints('program.js', program)).to.equal('true\n');
  });

  it('is there for import, by names', async () => {
    const program = `import { createBroker, fetch, stage, virtualClock } from 'millrace'; fetch.key + stage.length;${body}`;
    expect(await prints('program.mjs', program)).to.equal('true\n');
  });

  it('loads what the broker does not serve only for those who ask for it', async () => {
    const program = `
      const { exchanges } = require('millrace');
      const loaded = () => Object.keys(require.cache).filter((file) => file.includes('unserved')).length;
      console.log(loaded());
      console.log(exchanges().get(0).name, loaded() > 0);
    `;
    expect(await prints('lazy.js', program)).to.equal('0\nProduce true\n');
  });

  it('has types where it says that they are', () => {
    const { types, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(exports['.'].types).to.equal(`./${types}`);
    expect(readFileSync(join(root, types), 'utf8')).to.include('createBroker');
  });

  it('has every page that one of its pages names', async () => {
    const { stdout } = await run('npm', ['pack', root, '--dry-run', '--json', '--ignore-scripts']);
    const [{ files }] = JSON.parse(String(stdout)) as [{ files: { path: string }[] }];
    const pages = files.map(({ path }) => path).filter((path) => path.endsWith('.md'));
    expect(pages).to.include.members(['README.md', 'CHANGELOG.md', 'lib/README.md', 'examples/README.md']);
    const missing = pages.flatMap((page) => {
      const named = readFileSync(join(root, page), 'utf8').matchAll(/[(`]([\w./-]+\.md)[)`]/g);
      const paths = [...named].map(([, name]) => [name!, join(dirname(page), name!)]);
      return paths.filter((either) => !either.some((path) => pages.includes(path))).map(([name]) => `${page}: ${name}`);
    });
    expect(missing).to.deep.equal([]);
  });
});
