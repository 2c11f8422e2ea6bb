import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { DirInUse, lockDir } from '../../lib/storage/dir-lock';

const script = `
  require('ts-node/register/transpile-only');
  const { lockDir } = require(${JSON.stringify(resolve(__dirname, '../../lib/storage/dir-lock'))});
  lockDir(process.argv[1]);
  process.stdout.write('locked');
  setInterval(() => {}, 1e6);
`;

describe('lockDir', () => {
  let dir: string;
  const children: ChildProcess[] = [];

  beforeEach(() => {
    dir = fs.mkdtempSync(join(tmpdir(), 'millrace-lock-'));
  });

  afterEach(async () => {
    for (const child of children.splice(0)) await end(child);
    fs.rmSync(dir, { recursive: true, force: true });
  });

  async function end(child: ChildProcess) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async function lockInAnotherProcess() {
    const child = spawn(process.execPath, ['-e', script, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout, 'data');
    return child;
  }

  const owner = () => join(dir, '.millrace.lock');

  it('keeps a second broker of the same process out until it is released', () => {
    const lock = lockDir(dir);
    expect(() => lockDir(dir)).to.throw(DirInUse, 'is in use by another broker of this process');
    expect(() => lockDir(`${dir}/.`)).to.throw(DirInUse);
    lock.release();
    lockDir(dir).release();
    expect(fs.existsSync(owner())).to.equal(false);
  });

  it('keeps other processes out and names the one that has the directory', async function () {
    this.timeout(30_000);
    const child = await lockInAnotherProcess();
    expect(() => lockDir(dir)).to.throw(DirInUse, `${dir} is in use by process ${child.pid} on `);
  });

  it('takes a directory over from a process that was killed', async function () {
    this.timeout(30_000);
    await end(await lockInAnotherProcess());
    expect(fs.existsSync(owner())).to.equal(true);
    lockDir(dir).release();
  });

  it('takes a directory over when its owner is gone and another process has the same id', () => {
    const lock = lockDir(dir);
    const left = JSON.parse(fs.readFileSync(owner(), 'utf8'));
    lock.release();
    fs.writeFileSync(owner(), JSON.stringify({ ...left, started: 'in another life' }));
    lockDir(dir).release();
  });

  it('respects an owner of which only the process id is known', () => {
    const lock = lockDir(dir);
    const left = JSON.parse(fs.readFileSync(owner(), 'utf8'));
    lock.release();
    fs.writeFileSync(owner(), JSON.stringify({ ...left, started: null }));
    expect(() => lockDir(dir)).to.throw(DirInUse, `process ${process.pid}`);
  });

  for (const content of ['', 'rubbish', '{"pid":-1}', '{"pid":"x","started":null,"host":""}']) {
    it(`is not stopped by an owner file that says ${JSON.stringify(content)}`, () => {
      fs.writeFileSync(owner(), content);
      lockDir(dir).release();
    });
  }

  it('is not stopped by the empty .lock that Kafka leaves behind, and leaves it empty', () => {
    fs.writeFileSync(join(dir, '.lock'), '');
    const lock = lockDir(dir);
    expect(fs.statSync(join(dir, '.lock')).size).to.equal(0);
    lock.release();
  });

  it('fails with the system error in a directory that is not there', () => {
    expect(() => lockDir(join(dir, 'none'))).to.throw('ENOENT');
  });
});
