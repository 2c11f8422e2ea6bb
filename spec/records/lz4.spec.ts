import { expect } from 'chai';
import { compressFrameSync } from 'lz4-napi';
import { lz4Compress, lz4Decompress } from '../../lib/records/lz4';
import { bytesOf, legacyEntries } from '../support/golden-batches';
import { kafkaErrorOf } from '../support/thrown';

const limit = 1 << 24;
const text = Buffer.from('what repeats is compressed, '.repeat(10_000));
/** Bytes that no codec makes smaller. */
const noise = ((): Buffer => {
  let state = 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    return (state ^= state << 5) & 0xff;
  };
  return Buffer.from(Array.from({ length: 70_000 }, next));
})();
const message = (bytes: Buffer, maxBytes = limit) => kafkaErrorOf(() => lz4Decompress(bytes, maxBytes)).message;

describe('lz4Compress', () => {
  it('writes a frame as Java does: blocks of 64 KiB, independent, without checksums', () => {
    const packed = lz4Compress(text);
    expect(packed.toString('hex', 0, 7)).to.equal('04224d18604082');
    expect(packed.toString('hex', packed.length - 4)).to.equal('00000000');
    let blocks = 0;
    for (let at = 7; packed.readUInt32LE(at) !== 0; at += 4 + packed.readUInt32LE(at)) blocks++;
    expect(blocks).to.equal(Math.ceil(text.length / 65536));
  });

  it('stores a block that does not get smaller', () => {
    const packed = lz4Compress(noise);
    expect(packed.readUInt32LE(7)).to.equal(0x80000000 + 65536);
    expect(lz4Decompress(packed, limit).equals(noise)).to.equal(true);
  });
});

describe('lz4Decompress', () => {
  it('reads frames of larger blocks and with checksums', () => {
    const large = Buffer.concat(Array.from({ length: 20 }, () => Buffer.concat([text, noise])));
    for (const options of [{}, { blockChecksums: true }, { contentChecksum: true, blockChecksums: true }]) {
      expect(lz4Decompress(compressFrameSync(large, options), limit).equals(large)).to.equal(true);
    }
  });

  it('steps over a content size in the header', () => {
    const frame = bytesOf('04224d18' + '6840' + '0500000000000000' + '61' + '05000080' + '68656c6c6f' + '00000000');
    expect(lz4Decompress(frame, limit).toString()).to.equal('hello');
  });

  it('leaves bytes behind the end mark unread, as Java does', () => {
    expect(lz4Decompress(Buffer.concat([lz4Compress(text), Buffer.alloc(9)]), limit)).to.have.length(text.length);
  });

  it('takes a wrong header checksum only where magic 0 had it', () => {
    const entry = bytesOf(legacyEntries.find(({ magic, codec }) => magic === 0 && codec === 'lz4')!.hex);
    const frame = entry.subarray(26);
    expect(message(frame)).to.equal('lz4 header checksum 26, computed 130');
    expect(lz4Decompress(frame, limit, false)).to.have.length(108);
  });

  it('refuses what Java refuses', () => {
    const frame = lz4Compress(text);
    const changed = (at: number, byte: number) => {
      const copy = Buffer.from(frame);
      copy[at] = byte;
      return copy;
    };
    expect(message(changed(0, 5))).to.equal('lz4 frame begins with 0x05224d18');
    expect(message(changed(4, 0x40))).to.equal('lz4 frame with dependent blocks, which Kafka does not read');
    expect(message(changed(4, 0xa0))).to.equal('lz4 frame of version 2, only 1 is known');
    expect(message(changed(4, 0x61))).to.equal('lz4 frame descriptor 0x6140');
    expect(message(changed(5, 0x30))).to.equal('lz4 frame descriptor 0x6030');
    expect(message(changed(6, 0x83))).to.equal('lz4 header checksum 131, computed 130');
    expect(message(frame.subarray(0, 6))).to.equal('lz4 frame of 6 bytes');
    expect(message(bytesOf('04224d186840aa'))).to.equal('lz4 frame of 7 bytes');
    expect(message(frame.subarray(0, 9))).to.equal('lz4 frame ends without its end mark at byte 7');
    expect(message(frame.subarray(0, 100))).to.match(/^lz4 block of \d+ bytes at 7, 89 left$/);
    expect(message(bytesOf('04224d1860408201000100'))).to.equal("lz4 block of 65537 bytes exceeds the frame's 65536");
  });

  it('bounds stored and compressed blocks alike', () => {
    expect(message(lz4Compress(noise), 65535)).to.equal('lz4 data of 65536 bytes or more exceeds 65535');
    expect(message(lz4Compress(noise), 65536)).to.equal('lz4 data of 70000 bytes or more exceeds 65536');
    expect(message(lz4Compress(text), 65536)).to.match(/^lz4 block at \d+ does not decompress within 0 bytes/);
    expect(lz4Decompress(lz4Compress(text), text.length)).to.have.length(text.length);
  });
});
