import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { openCapture } from '../../lib/capture/opening';
import { CaptureError } from '../../lib/capture/source';
import { inChunks } from '../support/captured';
import { mrcap } from '../support/mrcap';
import { opened } from '../support/recordings';
import { rejected } from '../support/thrown';

const file = mrcap([[opened(1)]]);
const options = { frameMaxBytes: 1000, connections: null };
const { signal } = new AbortController();

describe('openCapture', () => {
  it('says what it is, and gives all of its bytes', async () => {
    for (const [bytes, isGzip] of [
      [file, false],
      [gzipSync(file), true],
    ] as const) {
      const recording = await openCapture(inChunks(bytes, 5), options, signal);
      expect(recording!.about).to.deep.equal({ format: 'mrcap', version: '1', facts: { by: 'spec' }, isGzip });
      const chunks: Buffer[] = [];
      for await (const chunk of recording!.chunks) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).equals(file)).to.equal(true);
    }
  });

  it('lets go of a source that nobody reads to its end', async () => {
    for (const bytes of [file, gzipSync(file)]) {
      const source = new PassThrough();
      source.write(bytes);
      const recording = await openCapture(source, options, signal);
      await recording!.close();
      expect(source.destroyed).to.equal(true);
    }
  });

  it('refuses what ends within its header, unless reading was ended there', async () => {
    const cut = () => inChunks(file.subarray(0, 12));
    expect(await rejected(openCapture(cut(), options, signal))).to.be.instanceOf(CaptureError);
    expect(await openCapture(cut(), options, AbortSignal.abort())).to.equal(null);
  });
});
