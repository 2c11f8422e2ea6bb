import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { CaptureError, checkSource, chunksOf, gunzipped, isGzip } from '../../lib/capture/source';
import { UsageError } from '../../lib/usage';
import { inChunks } from '../support/captured';
import { rejected, thrown } from '../support/thrown';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const given: T[] = [];
  for await (const item of items) given.push(item);
  return given;
}

const joined = (chunks: readonly (Buffer | Error)[]) =>
  Buffer.concat(chunks.filter((chunk): chunk is Buffer => Buffer.isBuffer(chunk)));

describe('checkSource', () => {
  it('takes a path, its URL, and streams', () => {
    expect(checkSource('x', 'a.mrcap')).to.equal('a.mrcap');
    expect(checkSource('x', new URL('file:///tmp/a%20b.mrcap'))).to.equal('/tmp/a b.mrcap');
    const stream = Readable.from([]);
    expect(checkSource('x', stream)).to.equal(stream);
  });

  it('says what to give instead of anything else', () => {
    const said = (given: unknown) => {
      const error = thrown(() => checkSource('readCapture', given as string));
      expect(error).to.be.instanceOf(UsageError);
      return (error as Error).message;
    };
    const bytes = 'readCapture: bytes are taken as a stream: Readable.from([bytes])';
    expect([said(Buffer.alloc(1)), said(new ArrayBuffer(1))]).to.deep.equal([bytes, bytes]);
    expect(said(new URL('http://host/a.mrcap'))).to.equal(
      'readCapture: http://host/a.mrcap: only file: URLs can be read; give others as a stream of their bytes',
    );
    for (const given of [null, undefined, 5, {}, ['a.mrcap']])
      expect(said(given)).to.match(/^readCapture: expected the path of a recording, its file: URL, or a stream/);
  });
});

describe('chunksOf', () => {
  it('reads files, streams and chunks of any kind', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'millrace-'));
    try {
      writeFileSync(join(dir, 'file'), 'abc');
      expect(joined(await all(chunksOf(join(dir, 'file')))).toString()).to.equal('abc');
      expect(await rejected(all(chunksOf(dir)))).to.be.instanceOf(CaptureError);
      const missing = await rejected(all(chunksOf(join(dir, 'none'))));
      expect(missing).to.be.instanceOf(CaptureError);
      expect((missing as Error).message).to.equal(`cannot read ${join(dir, 'none')}: there is no such file`);
    } finally {
      rmSync(dir, { recursive: true });
    }
    expect(joined(await all(chunksOf(Readable.from([Buffer.from('ab'), Buffer.alloc(0)])))).toString()).to.equal('ab');
    const bytes = new Uint8Array([97, 98, 99]);
    expect(joined(await all(chunksOf(Readable.from([bytes])))).toString()).to.equal('abc');
  });

  it('refuses what is no bytes', async () => {
    const error = await rejected(all(chunksOf(Readable.from(['text']))));
    expect((error as Error).message).to.equal('the source gives a string, expected Buffers');
  });
});

describe('gunzipped', () => {
  const plain = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) >> 3));
  const gzip = gzipSync(plain);

  it('gives what was compressed, of several members too', async () => {
    expect(isGzip(gzip)).to.equal(true);
    expect(joined(await all(gunzipped(inChunks(gzip, 1000)))).equals(plain)).to.equal(true);
    expect(joined(await all(gunzipped(inChunks(Buffer.concat([gzip, gzip]))))).length).to.equal(600_000);
  });

  it('gives all there is before it says what is wrong', async () => {
    const cut = await all(gunzipped(inChunks(gzip.subarray(0, gzip.length / 2), 5000)));
    expect(cut.at(-1)).to.be.instanceOf(Error);
    const given = joined(cut);
    expect(given.length).to.be.greaterThan(10_000);
    expect(plain.subarray(0, given.length).equals(given)).to.equal(true);
    const broken = Buffer.from(gzip);
    broken.fill(0xff, gzip.length >> 1, (gzip.length >> 1) + 200);
    const items = await all(gunzipped(inChunks(broken)));
    expect(items.at(-1)).to.be.instanceOf(Error);
    expect(items.length).to.be.greaterThan(1);
  });

  it('can be left in the midst', async () => {
    for await (const chunk of gunzipped(inChunks(gzip, 1000))) {
      expect(chunk).to.be.instanceOf(Buffer);
      break;
    }
  });
});
