import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { makeTempDir } from '../../lib/embedded/temp-dir';
import { run } from '../support/child';

describe('makeTempDir', () => {
  it('makes an empty directory, and removes it with what is in it', async () => {
    const listeners = process.listenerCount('exit');
    const [one, other] = [makeTempDir(), makeTempDir()];
    expect([dirname(one.path), readdirSync(one.path)]).to.deep.equal([tmpdir(), []]);
    expect(other.path).to.not.equal(one.path);
    writeFileSync(join(one.path, 'file'), 'x');
    await one.remove();
    await one.remove();
    expect([existsSync(one.path), existsSync(other.path)]).to.deep.equal([false, true]);
    expect(process.listenerCount('exit')).to.equal(listeners + 1);
    await other.remove();
    expect(process.listenerCount('exit')).to.equal(listeners);
  });

  it('leaves nothing when the process ends before', async () => {
    const file = resolve(__dirname, '../../lib/embedded/temp-dir.ts');
    const program = `process.stdout.write(require(${JSON.stringify(file)}).makeTempDir().path)`;
    const { stdout: printed } = await run(process.execPath, ['-r', 'ts-node/register', '-e', program]);
    const stdout = String(printed);
    expect(dirname(stdout)).to.equal(tmpdir());
    expect(existsSync(stdout)).to.equal(false);
  });
});
