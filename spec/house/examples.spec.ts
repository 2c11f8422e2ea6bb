import { readdirSync, readFileSync } from 'node:fs';
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

describe('examples', function () {
  this.timeout(60_000);
  let broker: BrokerUnderTest;
  before(async () => {
    broker = await startBroker();
  });
  after(() => broker?.stop());

  it('are all named in examples/README.md', () => {
    const files = readdirSync(examples).filter((name) => name !== 'README.md');
    expect(table.map(({ file }) => file)).to.have.members(files);
  });

  for (const { file, command } of table) {
    it(`${file} runs as it stands`, async () => {
      const [program, path, ...args] = command.split(' ');
      expect(program).to.equal('node');
      const { stdout } = await run(process.execPath, [join(root, path!), ...args, broker.bootstrap]);
      expect(stdout.length).to.be.greaterThan(0);
    });
  }
});
