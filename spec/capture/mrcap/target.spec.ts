import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { checkPlace, filesAt, StreamTarget } from '../../../lib/capture/mrcap/target';
import { rejected } from '../../support/thrown';

const text = (value: string) => [Buffer.from(value)];

describe('filesAt', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'millrace-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('numbers files, and never writes over one', async () => {
    writeFileSync(join(dir, 'x.mrcap'), 'old');
    writeFileSync(join(dir, 'x.2.mrcap'), 'old');
    const open = filesAt(join(dir, 'x.mrcap'));
    const names: string[] = [];
    for (const value of ['a', 'b']) {
      const target = await open();
      names.push(target.name);
      await target.write([...text(value), ...text(value)]);
      await target.close();
    }
    expect(names).to.deep.equal([join(dir, 'x.1.mrcap'), join(dir, 'x.3.mrcap')]);
    const contents = ['x', 'x.1', 'x.2', 'x.3'].map((name) => readFileSync(join(dir, `${name}.mrcap`), 'utf8'));
    expect(contents).to.deep.equal(['old', 'aa', 'old', 'bb']);
  });

  it('rejects with the system’s error', async () => {
    expect(await rejected(filesAt(join(dir, 'none', 'x.mrcap'))())).to.include({ code: 'ENOENT' });
  });

  it('takes a directory for no file that is there already', async () => {
    expect(await rejected(filesAt(dir)())).to.include({ code: 'EISDIR' });
  });
});

describe('checkPlace', () => {
  it('takes the path of a file, there or not, in a directory that is there', async () => {
    await checkPlace(__filename);
    await checkPlace(join(__dirname, 'x.mrcap'));
    await checkPlace('x.mrcap');
  });

  it('says what else it is', async () => {
    const example = join(__dirname, 'traffic.mrcap');
    for (const dir of [__dirname, `${__dirname}/`])
      expect(await rejected(checkPlace(dir))).to.include({
        code: 'EISDIR',
        message: `${dir} is a directory: expected the path of a file, such as ${example}`,
      });
    expect(await rejected(checkPlace('nowhere/x.mrcap'))).to.include({
      code: 'ENOENT',
      message: 'cannot record to nowhere/x.mrcap: there is no directory nowhere',
    });
  });
});

describe('StreamTarget', () => {
  it('writes to a stream, and ends it', async () => {
    const stream = new PassThrough();
    const target = new StreamTarget(stream, 'stream');
    const all = buffer(stream);
    await target.write([...text('a'), ...text('b')]);
    await target.close();
    expect((await all).toString()).to.equal('ab');
  });

  it('rejects when the stream fails, then and later', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('broken')) });
    const target = new StreamTarget(stream, 'stream');
    expect(await rejected(target.write(text('a')))).to.include({ message: 'broken' });
    expect(await rejected(target.write(text('a')))).to.include({ message: 'broken' });
    expect(await rejected(target.close())).to.include({ message: 'broken' });
  });
});
