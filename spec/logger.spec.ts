import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { errors } from '../lib/errors';
import { createLogger } from '../lib/logger';

function logged(terminal: boolean, write: (logger: ReturnType<typeof createLogger>) => void, level?: string): string[] {
  const lines: string[] = [];
  write(
    createLogger({ terminal, level, output: { write: (line) => void lines.push(stripVTControlCharacters(line)) } }),
  );
  return lines;
}

describe('createLogger', () => {
  it('writes a JSON object per line where no person is reading', () => {
    const [line = ''] = logged(false, (logger) => logger.info({ topic: 'orders', partition: 0 }, 'log loaded'));
    expect(line.endsWith('\n')).to.equal(true);
    const { time, ...rest } = JSON.parse(line);
    expect(rest).to.deep.equal({ level: 'info', topic: 'orders', partition: 0, msg: 'log loaded' });
    expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('writes a short line for a person', () => {
    const [line] = logged(true, (logger) => logger.warn({ topic: 'orders', partition: 0 }, 'log loaded'));
    expect(line).to.match(/^\[\d\d:\d\d:\d\d\] WARN: log loaded \{"topic":"orders","partition":0\}\n$/);
  });

  it('shows where a bug came from, and of an expected error what it says', () => {
    const lines = logged(false, (logger) => {
      logger.error({ err: new TypeError('x') }, 'a bug');
      logger.warn({ err: errors.INVALID_RECORD.because('no key') }, 'refused');
    });
    const [bug, refused] = lines.map((line) => JSON.parse(line));
    expect(bug.err.stack).to.contain('TypeError: x\n    at ');
    expect(refused.err).to.equal('INVALID_RECORD: no key');
  });

  it('leaves out what is below its level', () => {
    const write = (logger: ReturnType<typeof createLogger>) => {
      logger.info('one');
      logger.error('two');
    };
    expect(logged(false, write, 'error')).to.have.length(1);
    expect(logged(false, write, ' INFO ')).to.have.length(2);
    expect(logged(false, write, 'silent')).to.have.length(0);
  });

  it('takes its level from MILLRACE_LOG_LEVEL', () => {
    const before = process.env['MILLRACE_LOG_LEVEL'];
    process.env['MILLRACE_LOG_LEVEL'] = 'warn';
    try {
      expect(createLogger().level).to.equal('warn');
    } finally {
      if (before === undefined) delete process.env['MILLRACE_LOG_LEVEL'];
      else process.env['MILLRACE_LOG_LEVEL'] = before;
    }
  });

  it('refuses a level that there is not, naming those that there are', () => {
    const levels = 'expected one of trace, debug, info, warn, error, fatal, silent (MILLRACE_LOG_LEVEL)';
    expect(() => createLogger({ level: 'loud' })).to.throw(`log level "loud": ${levels}`);
  });

  it('writes to the standard error stream, and loads what makes lines for people only on a terminal', () => {
    const script = `
      require('ts-node/register');
      require(${JSON.stringify(resolve(__dirname, '../lib/logger'))}).createLogger().fatal('gone');
      console.log(Object.keys(require.cache).some((file) => file.includes('pino-pretty')));
    `;
    const env = { ...process.env, MILLRACE_LOG_LEVEL: 'info' };
    const options = { encoding: 'utf8', env, cwd: resolve(__dirname, '..') } as const;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], options);
    expect(JSON.parse(stderr)).to.include({ level: 'fatal', msg: 'gone' });
    expect(stdout).to.equal('false\n');
  });
});
