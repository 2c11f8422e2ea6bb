import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { run } from '../support/child';
import { clientsRequired } from '../support/conformance';
import { type Home, main, makeHome } from '../support/launch';
import { missingTerminal, onTerminal, type Terminal } from '../support/terminal';
import { kcat } from './clients/kcat';

const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string };
const ctrlC = '\x03';

describe('the first screen', function () {
  this.timeout(60_000);
  const missing = missingTerminal();
  if (missing !== null) {
    it(`is skipped: ${missing}`);
    return;
  }

  let home: Home;
  let terminal: Terminal;

  beforeEach(async () => {
    home = await makeHome({ 'log.dirs': 'data' });
  });
  afterEach(async () => {
    await terminal?.kill();
    await home.remove();
  });

  const begin = (args: string, env: NodeJS.ProcessEnv = process.env) => {
    terminal = onTerminal(`${process.execPath} ${main} ${args}`, home.path, env);
    return terminal;
  };
  /** The screen without what colours it. */
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const plain = () => terminal.screen().replace(/\x1b\[[\d;]*m/g, '');
  const shown = /Ctrl-C stops it/;

  it('says what it is, where it listens, where the data is, and what to paste to try it', async () => {
    await begin('server.properties').until(shown);
    const port = home.bootstrap.split(':')[1];
    expect(plain()).to.include(`Millrace ${version}`);
    expect(plain()).to.match(new RegExp(`listening\\s+127\\.0\\.0\\.1:${port}`));
    expect(plain()).to.match(/data\s+\.\/data \(cluster [\w-]{22}, node 1\)/);
    expect(plain()).to.match(new RegExp(`try it\\s+node \\S+hello\\.js 127\\.0\\.0\\.1:${port}`));
    expect(terminal.screen()).to.include('\x1b[1m');
    const wide = plain()
      .split('\r\n')
      .filter((line) => line.length > 100 && !/formatted|hello\.js/.test(line));
    expect(wide).to.deep.equal([]);
  });

  it('says where it records, if it does', async () => {
    await begin('server.properties --capture x.mrcap').until(shown);
    expect(plain()).to.match(/\n {4}recording {2}x\.mrcap /);
  });

  it('shows lines that work as they stand', async () => {
    await begin('server.properties').until(shown);
    const lines = plain()
      .split('\r\n')
      .map((line) => /^\s+(?:try it\s+|or:\s+)?((?:node|echo|kcat) .*)$/.exec(line)?.[1])
      .filter((line) => line !== undefined);
    expect(lines).to.have.lengthOf(3);
    const paste = async (line: string) => {
      const found = resolve(__dirname, '../../examples/hello.js');
      // The screen gives the path as it is reached from where the broker was started.
      expect(line.startsWith('node ') ? existsSync(resolve(home.path, line.split(' ')[1]!)) : true, found).to.equal(
        true,
      );
      return (await run('sh', ['-c', `cd '${home.path}' && ${line}`])).stdout.toString();
    };
    expect(await paste(lines[0]!)).to.include('two records are in greetings');
    if (kcat.missing() !== null && !clientsRequired()) return;
    await paste(lines[1]!);
    expect((await paste(lines[2]!)).trimEnd().split('\n'))
      .to.have.lengthOf(3)
      .and.include('hello');
  });

  it('stops on Ctrl-C, says so, and leaves nothing to recover', async () => {
    await begin('server.properties').until(shown);
    terminal.type(ctrlC);
    expect(await terminal.ended).to.equal(0);
    expect(plain()).to.match(/SIGINT: answering what is in flight, then stopping/);
    expect(plain()).to.match(/stopped cleanly/);
    expect(plain()).not.to.match(/^\{/m);
    expect(existsSync(join(home.path, 'data/.kafka_cleanshutdown'))).to.equal(true);
  });

  it('has no colours where they are not wanted', async () => {
    await begin('server.properties', { ...process.env, NO_COLOR: '1' }).until(shown);
    expect(terminal.screen()).not.to.include('\x1b[');
  });

  it('says in plain words why there is no broker', async () => {
    begin('nowhere.properties');
    expect(await terminal.ended).to.equal(1);
    expect(plain()).to.match(/FATAL.*cannot read nowhere\.properties: there is no such file/);
    expect(plain()).not.to.match(/^\s+at /m);
  });

  it('needs no argument: port 9092, data in ./data', async function () {
    if (await isTaken(9092)) this.skip(); // by another program of this machine
    await begin('').until(shown);
    expect(plain()).to.match(/listening\s+localhost:9092/);
    expect(plain()).to.match(/data\s+\.\/data /);
    expect(existsSync(join(home.path, 'data/meta.properties'))).to.equal(true);
    for (const host of ['127.0.0.1', '::1']) expect(await isOpen(9092, host), host).to.equal(hasAddress(host));
  });
});

function isOpen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function isTaken(port: number): Promise<boolean> {
  return (await isOpen(port, '127.0.0.1')) || (await isOpen(port, '::1'));
}

/** Whether this machine has the address; some have no IPv6. */
function hasAddress(host: string): boolean {
  const script = `require('net').createServer().on('error',()=>process.exit(1)).listen(0,'${host}',()=>process.exit(0))`;
  try {
    execFileSync(process.execPath, ['-e', script]);
    return true;
  } catch {
    return false;
  }
}
