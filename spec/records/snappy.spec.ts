import { expect } from 'chai';
import { compressSync } from 'snappy';
import { Reader } from '../../lib/protocol/bytes';
import { snappyCompress, snappyDecompress } from '../../lib/records/snappy';
import { bytesOf } from '../support/golden-batches';
import { kafkaErrorOf } from '../support/thrown';

const text = Buffer.from('what repeats is compressed, '.repeat(5000));
const header = '82534e41505059000000000100000001';
const message = (bytes: Buffer, maxBytes = 1 << 20) => kafkaErrorOf(() => snappyDecompress(bytes, maxBytes)).message;

describe('snappyCompress', () => {
  it('writes the framing of Java in blocks of 32 KiB', () => {
    const packed = snappyCompress(text);
    expect(packed.toString('hex', 0, 16)).to.equal(header);
    const sizes: number[] = [];
    for (let at = 16; at < packed.length; at += 4 + packed.readInt32BE(at)) {
      sizes.push(new Reader(packed, at + 4).uvarint());
    }
    expect(sizes).to.deep.equal([32768, 32768, 32768, 32768, text.length - 4 * 32768]);
  });

  it('writes but the header of no bytes', () => {
    expect(snappyCompress(Buffer.alloc(0)).toString('hex')).to.equal(header);
    expect(snappyDecompress(bytesOf(header), 0)).to.have.length(0);
  });
});

describe('snappyDecompress', () => {
  it('reads a raw block, as librdkafka writes it', () => {
    expect(snappyDecompress(compressSync(text), text.length).equals(text)).to.equal(true);
    expect(snappyDecompress(compressSync('x'), 1).toString()).to.equal('x');
  });

  it('reads streams one after another', () => {
    const twice = Buffer.concat([snappyCompress(text), snappyCompress(text)]);
    expect(snappyDecompress(twice, 1 << 20).equals(Buffer.concat([text, text]))).to.equal(true);
    expect(message(twice, 2 * text.length - 1)).to.match(/^snappy data of 280000 bytes or more exceeds 279999$/);
  });

  it('leaves fewer than four bytes behind the last block unread, as Java does', () => {
    const packed = Buffer.concat([snappyCompress(text), Buffer.alloc(3)]);
    expect(snappyDecompress(packed, 1 << 20)).to.have.length(text.length);
  });

  it('refuses a size over the limit before anything is decompressed', () => {
    expect(message(bytesOf('ffffffff0f'), 1000)).to.equal('snappy data of 4294967295 bytes or more exceeds 1000');
    expect(message(bytesOf(`${header}00000005ffffffff0f`), 1000)).to.equal(
      'snappy data of 4294967295 bytes or more exceeds 1000',
    );
  });

  it('refuses a size that its bytes cannot come to', () => {
    expect(message(bytesOf('ffff3f000000'))).to.equal('snappy block of 6 bytes claims 1048575 decompressed');
  });

  it('refuses what is not snappy', () => {
    expect(message(Buffer.alloc(0))).to.equal('snappy data of 0 bytes');
    expect(message(bytesOf('ffffffffffff00'))).to.equal('snappy block without a size');
    expect(message(bytesOf('80'))).to.equal('snappy block without a size');
    expect(message(bytesOf('0501'))).to.match(/^snappy data cannot be decompressed/);
    expect(message(bytesOf(`${header}ffffffff00`))).to.equal('snappy block of -1 bytes at 16, 1 left');
    expect(message(bytesOf(`${header}0000000000`))).to.equal('snappy block of 0 bytes at 16, 1 left');
    expect(message(bytesOf(`${header}0000000501`))).to.equal('snappy block of 5 bytes at 16, 1 left');
  });
});
