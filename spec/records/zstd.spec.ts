import { expect } from 'chai';
import { zstdCompress, zstdDecompress } from '../../lib/records/zstd';
import { bytesOf } from '../support/golden-batches';
import { kafkaErrorOf } from '../support/thrown';

const limit = 1 << 24;
const text = Buffer.from('what repeats is compressed, '.repeat(30_000));
const message = (bytes: Buffer, maxBytes = limit) => kafkaErrorOf(() => zstdDecompress(bytes, maxBytes)).message;
/** Frame header of a window of 1 MiB: no content size, no checksum. */
const open = '28b52ffd' + '00' + '50';

/** A frame of run-length blocks of 128 KiB each: four bytes stand for 131072. */
function bomb(blocks: number): Buffer {
  const header = (isLast: boolean) => {
    const b = Buffer.alloc(4);
    b.writeUIntLE((131072 << 3) | (1 << 1) | (isLast ? 1 : 0), 0, 3);
    return b;
  };
  return Buffer.concat([bytesOf(open), ...Array.from({ length: blocks }, (_, i) => header(i === blocks - 1))]);
}

describe('zstdCompress', () => {
  it('writes one frame that is read back', () => {
    expect(zstdCompress(text, 3).toString('hex', 0, 4)).to.equal('28b52ffd');
    expect(zstdDecompress(zstdCompress(text, 3), text.length).equals(text)).to.equal(true);
    expect(zstdDecompress(zstdCompress(Buffer.alloc(0), 3), 0)).to.have.length(0);
  });
});

describe('zstdDecompress', () => {
  it('reads a frame that does not say its size', () => {
    // One stored block; one of run length; two compressed ones of a streaming writer.
    expect(zstdDecompress(bytesOf(`${open}290000${'68656c6c6f'}`), limit).toString()).to.equal('hello');
    expect(zstdDecompress(bytesOf(`${open}4b000078`), limit).toString()).to.equal('xxxxxxxxx');
    const streamed = '28b52ffd00586c00003068656c6c6f2001004f52952265000028776f726c640100502aa005';
    const words = 'hello '.repeat(100) + 'world '.repeat(100);
    expect(zstdDecompress(bytesOf(streamed), words.length).toString()).to.equal(words);
    expect(message(bytesOf(streamed), words.length - 1)).to.equal('zstd data decompresses to more than 1199 bytes');
  });

  it('reads frames one after another and steps over skippable ones', () => {
    const skippable = bytesOf('502a4d18' + '04000000' + 'deadbeef');
    const frames = Buffer.concat([skippable, zstdCompress(text, 1), skippable, zstdCompress(text, 3)]);
    expect(zstdDecompress(frames, limit).equals(Buffer.concat([text, text]))).to.equal(true);
    expect(message(frames, 2 * text.length - 1)).to.contain(`more than ${2 * text.length - 1} bytes`);
  });

  it('refuses what run-length blocks come to before anything is decompressed', () => {
    expect(zstdDecompress(bomb(2), 262144)).to.have.length(262144);
    expect(message(bomb(250_000), 1 << 27)).to.equal('zstd data of at least 32768000000 bytes exceeds 134217728');
  });

  it('refuses what is not zstd, or torn', () => {
    expect(message(Buffer.alloc(20))).to.equal('zstd frame at 0 begins with 0x00000000');
    expect(message(bytesOf('28b52ffd'))).to.equal('zstd frame at 0: 4 bytes left, at least 8 needed');
    expect(message(bytesOf(`${open}2900`))).to.equal('zstd frame ends within a block header at byte 6');
    expect(message(bytesOf(`${open}2900006865`))).to.equal('zstd frame ends at 14, beyond the 11 bytes of the batch');
    expect(message(bytesOf(`${open}28000068656c6c6f`))).to.equal('zstd frame ends within a block header at byte 14');
    expect(message(bytesOf('502a4d18ffffffff00'))).to.match(/^zstd frame at 0 ends at 4294967303, beyond the 9 bytes/);
    expect(message(bytesOf(`${open}2f000068656c6c6f`))).to.match(/^zstd data cannot be decompressed/);
    expect(message(Buffer.concat([zstdCompress(text, 3), Buffer.from('junk')]))).to.contain('at least 8 needed');
  });
});
