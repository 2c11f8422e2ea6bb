import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { run } from './support/child';
import { main, start } from './support/launch';

const { version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as { version: string };

const printed = async (...args: string[]) => (await run(process.execPath, [main, ...args])).stdout.toString();

describe('the command line', function () {
  this.timeout(30_000);

  for (const flag of ['--help', '-h']) {
    it(`says how it is called, with ${flag}`, async () => {
      const help = await printed(flag);
      expect(help).to.match(/^Usage: millrace \[options\] \[server\.properties\]/);
      for (const said of ['--override <key=value>', '--version', 'port 9092', './data', 'MILLRACE_LOG_LEVEL'])
        expect(help).to.include(said);
      expect(help.split('\n').filter((line) => line.length > 120)).to.deep.equal([]);
    });
  }

  for (const flag of ['--version', '-v']) {
    it(`prints its version, with ${flag}`, async () => {
      expect(await printed(flag)).to.equal(`${version}\n`);
    });
  }

  it('names every command in its help, and the program in theirs', async () => {
    const help = await printed('--help');
    for (const name of ['serve', 'capture', 'replay', 'diff', 'traffic']) {
      expect(help).to.match(new RegExp(`^  ${name}  +\\S`, 'm'));
      expect(await printed(name, '--help')).to.match(new RegExp(`^Usage: millrace ${name} `));
    }
  });

  it('does the same with `serve` before the rest', async () => {
    const service = start(['serve', 'nowhere.properties']);
    expect(await service.ended).to.match(/code 1$/);
    expect(service.output()).to.include('cannot read nowhere.properties: there is no such file');
  });

  const mistakes = [
    ['--port', '9093'],
    ['serve', '--port'],
    ['one.properties', 'two.properties'],
    ['--override'],
    ['traffic'],
    ['capture', '--to', 'x'],
  ];
  for (const args of mistakes) {
    it(`refuses ${args.join(' ')} with 2, and says where to look`, async () => {
      const service = start(args);
      expect(await service.ended).to.match(/code 2$/);
      expect(service.output()).to.match(/^error: .*\n.*--help/);
    });
  }
});
