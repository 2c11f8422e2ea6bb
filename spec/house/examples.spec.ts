import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { run } from '../support/child';
import { type BrokerUnderTest, startBroker } from '../support/conformance';

const root = resolve(__dirname, '../..');
const examples = join(root, 'examples');
/** Lines of the table in examples/README.md: the file, and the one command that runs it. */
const table = [...readFileSync(join(examples, 'README.md'), 'utf8').matchAll(/^\| `([^`]+)` \| `([^`]+)` \|/gm)].map(
  ([, file, command]) => ({ file: file!, command: command! }),
);

/** What `npx` may run, and where it lies. */
const runners: Readonly<Record<string, string>> = {
  mocha: 'node_modules/mocha/bin/mocha.js',
  jest: 'node_modules/jest/bin/jest.js',
  vitest: 'node_modules/vitest/vitest.mjs',
};

/** This environment without the marks of test runners, by which `node --test` would take itself for a child of one. */
function withoutMarks(): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return env;
}

describe('examples', function () {
  this.timeout(60_000);
  let broker: BrokerUnderTest;
  before(async () => {
    broker = await startBroker();
  });
  after(() => broker?.stop());

  it('are all named in examples/README.md', () => {
    const files = readdirSync(examples).filter((name) => name !== 'README.md' && name !== 'captures');
    expect(table.map(({ file }) => file)).to.have.members(files);
  });

  for (const { file, command } of table) {
    it(`${file} runs as it stands`, async () => {
      const [program, ...args] = command.replace('$BOOTSTRAP', broker.bootstrap).split(' ');
      if (program === 'npx') args[0] = runners[args[0]!] ?? expect.fail(`npx ${args[0]} is no runner that is known`);
      else expect(program, command).to.equal('node');
      const inRoot = args.map((arg) => (existsSync(join(root, arg)) ? join(root, arg) : arg));
      const { stdout, stderr } = await run(process.execPath, inRoot, { env: withoutMarks() });
      expect(stdout.length + stderr.length, 'jest tells all on stderr').to.be.greaterThan(0);
    });
  }
});
