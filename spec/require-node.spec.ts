import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';

const source = readFileSync(resolve(__dirname, '../lib/require-node.ts'), 'utf8');

/** Runs the module as a Node would that can, or cannot, load ES modules from CommonJS. */
function run(features: { require_module?: boolean }) {
  let said = '';
  let status: number | null = null;
  const stderr = { write: (text: string) => (said += text) };
  const exit = (code: number) => (status = code);
  new Function('process', source)({ features, version: 'v18.1.0', stderr, exit });
  return { said, status };
}

describe('require-node', () => {
  it('stops a Node that is too old with one sentence', () => {
    const { said, status } = run({});
    expect(status).to.equal(1);
    expect(said).to.match(/^millrace: Node v18\.1\.0 is too old: 20\.19 or newer is needed, .*\n$/);
  });

  it('lets any other go on', () => {
    expect(run({ require_module: true })).to.deep.equal({ said: '', status: null });
  });
});
