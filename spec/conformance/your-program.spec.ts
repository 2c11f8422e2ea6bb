import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';

const script = resolve(__dirname, '../../your_program.sh');

/** Does what npm would: notes that it was called, installs an empty node_modules, builds a main.js that says what it got. */
const npm = `#!/bin/sh
echo "npm $1" >>"$FAKE_NPM_CALLS"
case $1 in
  ci) mkdir -p node_modules && touch node_modules/.package-lock.json ;;
  run)
    [ -z "$FAKE_BUILD_FAILS" ] || { echo 'lib/main.ts(1,1): error'; exit 2; }
    mkdir -p dist/lib
    echo 'console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() }))' >dist/lib/main.js ;;
esac
`;

describe('your_program.sh', () => {
  let home = '';
  let checkout = '';
  let calls = '';

  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'millrace start ')));
    checkout = join(home, 'check out');
    calls = join(home, 'calls');
    mkdirSync(join(checkout, 'lib'), { recursive: true });
    mkdirSync(join(home, 'bin'));
    cpSync(script, join(checkout, 'your_program.sh'));
    for (const file of ['lib/main.ts', 'package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) {
      writeFileSync(join(checkout, file), '{}');
      age(file);
    }
    executable('npm', npm);
  });

  afterEach(() => rmSync(home, { recursive: true, force: true }));

  function executable(name: string, text: string) {
    writeFileSync(join(home, 'bin', name), text);
    chmodSync(join(home, 'bin', name), 0o755);
  }

  /** Makes a file as old as a commit may be. */
  function age(file: string) {
    utimesSync(join(checkout, file), 1e9, 1e9);
    utimesSync(dirname(join(checkout, file)), 1e9, 1e9);
  }

  function npmCalls(): string[] {
    return existsSync(calls) ? readFileSync(calls, 'utf8').trimEnd().split('\n') : [];
  }

  interface Options {
    readonly args?: string[];
    readonly cwd?: string;
    readonly file?: string;
    readonly env?: Record<string, string>;
  }

  async function start({ args = [], cwd = home, file = join(checkout, 'your_program.sh'), env = {} }: Options = {}) {
    const path = `${join(home, 'bin')}:${dirname(process.execPath)}:${process.env['PATH']}`;
    const variables = { ...process.env, PATH: path, FAKE_NPM_CALLS: calls, ...env };
    const child: ChildProcess = spawn(file, args, { cwd, env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (bytes) => (stdout += bytes));
    child.stderr?.on('data', (bytes) => (stderr += bytes));
    const [status] = await once(child, 'close');
    return { status, stdout, stderr };
  }

  it('installs and builds in a fresh clone, says so in one line, and hands arguments and folder to the broker', async () => {
    const { status, stdout, stderr } = await start({ args: ['a b.properties', ''] });
    expect(stderr).to.equal('millrace: first start of these sources: installing and building, which takes a minute\n');
    expect(status).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal({ args: ['a b.properties', ''], cwd: home });
    expect(npmCalls()).to.deep.equal(['npm ci', 'npm run']);
  });

  it('does nothing but run the broker the second time', async () => {
    await start();
    const { stdout, stderr } = await start({ env: { FAKE_BUILD_FAILS: 'yes' } });
    expect(stderr).to.equal('');
    expect(JSON.parse(stdout).args).to.deep.equal([]);
    expect(npmCalls()).to.have.length(2);
  });

  it('builds again when a source has changed or gone, and installs again when the lock file has changed', async () => {
    await start();
    const soon = Date.now() / 1000 + 60;
    const lately = Date.now() / 1000 - 60;
    const settle = () => utimesSync(join(checkout, 'dist/.built'), soon - 30, soon - 30);

    settle();
    utimesSync(join(checkout, 'lib/main.ts'), soon, soon);
    expect((await start()).stderr).to.equal('millrace: first start of these sources: building\n');
    age('lib/main.ts');
    settle();
    utimesSync(join(checkout, 'lib'), soon, soon);
    await start();
    age('lib/main.ts');
    settle();
    utimesSync(join(checkout, 'node_modules/.package-lock.json'), lately, lately);
    utimesSync(join(checkout, 'package-lock.json'), soon, soon);
    await start();
    expect(npmCalls()).to.deep.equal(['npm ci', 'npm run', 'npm run', 'npm run', 'npm ci', 'npm run']);
  });

  it('runs from any folder and through links', async () => {
    const there = join(home, 'there');
    mkdirSync(there);
    symlinkSync(join('..', 'check out', 'your_program.sh'), join(there, 'one'));
    symlinkSync('one', join(there, 'two'));
    const { stdout } = await start({ file: './two', cwd: there });
    expect(JSON.parse(stdout).cwd).to.equal(there);
    expect(existsSync(join(checkout, 'dist/.built'))).to.equal(true);
  });

  it('shows why a build failed, and builds the next time', async () => {
    const failed = await start({ env: { FAKE_BUILD_FAILS: 'yes' } });
    expect(failed.status).to.equal(1);
    expect(failed.stderr).to.contain(`'npm run build --silent' failed in ${checkout}:\nlib/main.ts(1,1): error\n`);
    expect((await start()).status).to.equal(0);
    expect(npmCalls()).to.deep.equal(['npm ci', 'npm run', 'npm run']);
  });

  it('builds once for two that start at once', async () => {
    const both = await Promise.all([start({ args: ['1'] }), start({ args: ['2'] })]);
    expect(both.map(({ stdout }) => JSON.parse(stdout).args)).to.deep.equal([['1'], ['2']]);
    expect(npmCalls()).to.deep.equal(['npm ci', 'npm run']);
    expect(existsSync(join(checkout, '.cache/build.lock'))).to.equal(false);
  });

  it('takes over from one that died', async () => {
    const dead = spawn('true');
    await once(dead, 'exit');
    mkdirSync(join(checkout, '.cache/build.lock'), { recursive: true });
    writeFileSync(join(checkout, '.cache/build.lock/pid'), `${dead.pid}\n`);
    expect((await start()).status).to.equal(0);
  });

  it('says what it needs where there is no Node or an old one', async () => {
    const bare = join(home, 'bare');
    mkdirSync(bare);
    const missing = await start({ env: { PATH: bare } });
    expect(missing.status).to.equal(127);
    expect(missing.stderr).to.match(/^millrace: Node is not installed: 20\.19 or newer is needed/);

    executable('node', '#!/bin/sh\n[ "$1" != -v ] || { echo v18.1.0; exit; }\nexit 1\n');
    const old = await start();
    expect(old.status).to.equal(1);
    expect(old.stderr).to.match(/^millrace: Node v18\.1\.0 is too old: 20\.19 or newer is needed/);
    expect(npmCalls()).to.deep.equal([]);
  });
});
