import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { followed } from '../../lib/capture/follow';
import { CaptureError } from '../../lib/capture/source';
import { virtualClock } from '../../lib/virtual-clock';

describe('followed', () => {
  let dir: string;
  let file: string;
  const clock = virtualClock();
  let stop: AbortController;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'millrace-follow-'));
    file = join(dir, 'growing');
    stop = new AbortController();
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const follow = () => followed(file, { signal: stop.signal, scheduler: clock });

  /** The next chunk; time passes while there is none. */
  async function next(chunks: AsyncGenerator<Buffer, undefined>): Promise<string | undefined> {
    let isThere = false;
    const chunk = chunks.next().finally(() => {
      isThere = true;
    });
    while (!isThere) {
      await clock.advance('200 ms');
      await new Promise((done) => setImmediate(done));
    }
    return (await chunk).value?.toString();
  }

  it('gives what is there, and then what comes', async () => {
    writeFileSync(file, 'abc');
    const chunks = follow();
    expect(await next(chunks)).to.equal('abc');
    appendFileSync(file, 'de');
    expect(await next(chunks)).to.equal('de');
    appendFileSync(file, 'f');
    expect(await next(chunks)).to.equal('f');
    await chunks.return(undefined);
  });

  it('ends when it is told to, also while it waits', async () => {
    writeFileSync(file, '');
    const chunks = follow();
    const end = chunks.next();
    stop.abort();
    await clock.advance('200 ms');
    expect(await next(chunks)).to.equal(undefined);
    expect((await end).done).to.equal(true);
  });

  it('ends when the file becomes another one', async () => {
    writeFileSync(file, 'abcdef');
    const chunks = follow();
    expect(await next(chunks)).to.equal('abcdef');
    truncateSync(file, 2);
    expect(await next(chunks)).to.equal(undefined);
  });

  it('says that there is no such file', async () => {
    const error = await follow()
      .next()
      .catch((reason: unknown) => reason);
    expect(error)
      .to.be.an.instanceOf(CaptureError)
      .and.have.property('message')
      .match(/growing: there is no such file$/);
  });
});
