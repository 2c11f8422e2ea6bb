import { expect } from 'chai';
import {
  isNextGeneration,
  NextGenerationReader,
  nextGenerationVersion,
} from '../../../lib/capture/pcap/next-generation';
import type { Packet, Unread } from '../../../lib/capture/pcap/packet';
import { block, enhanced, netInterface, section, simple } from '../../support/crafted-pcap';

function read(blocks: readonly Buffer[], chunkBytes = 1 << 20): (Packet | Unread)[] {
  const reader = new NextGenerationReader();
  const file = Buffer.concat(blocks);
  const items: (Packet | Unread)[] = [];
  for (let at = 0; at < file.length; at += chunkBytes) items.push(...reader.push(file.subarray(at, at + chunkBytes)));
  return [...items, ...reader.end()];
}

const shown = (item: Packet | Unread) =>
  item.is === 'packet' ? `${item.atMs} ${item.linkType} ${item.bytes}` : item.why;
const one = Buffer.from('one');
const secondMs = 1_700_000_000_000;

/** if_tsresol and if_tsoffset, little-endian. */
const resolution = (value: number) => Buffer.from([9, 0, 1, 0, value, 0, 0, 0]);
const offset = (seconds: number) => Buffer.concat([Buffer.from([14, 0, 8, 0, seconds]), Buffer.alloc(7)]);

describe('NextGenerationReader', () => {
  it('reads enhanced packets, in both byte orders and byte by byte', () => {
    for (const isBig of [false, true]) {
      const file = [
        section(isBig),
        netInterface(1, { isBig }),
        enhanced(one, BigInt(secondMs) * 1000n + 250n, 0, isBig),
      ];
      expect(read(file).map(shown)).to.deep.equal([`${secondMs + 0.25} 1 one`]);
      expect(read(file, 1).map(shown)).to.deep.equal([`${secondMs + 0.25} 1 one`]);
    }
  });

  it('reads interfaces of several link types and clocks', () => {
    const file = [
      section(),
      netInterface(1, { options: resolution(9) }),
      netInterface(113, { options: resolution(0x80 | 10) }),
      netInterface(101, { options: Buffer.concat([resolution(3), offset(5)]) }),
      enhanced(one, BigInt(secondMs) * 1_000_000n, 0),
      enhanced(one, 3n * 1024n + 512n, 1),
      enhanced(one, 2000n, 2),
    ];
    expect(read(file).map(shown)).to.deep.equal([`${secondMs} 1 one`, '3500 113 one', '7000 101 one']);
  });

  it('forgets interfaces where a new section begins, which may have another byte order', () => {
    const file = [section(), netInterface(1), section(true), enhanced(one, 0n, 0, true)];
    expect(read(file).map(shown)).to.deep.equal(['a packet of interface 0, there are 0 in the block at byte 76']);
    file.splice(3, 0, netInterface(12, { isBig: true }));
    expect(read(file).map(shown)).to.deep.equal(['0 12 one']);
  });

  it('gives simple packets the time of the one before, and the length that was captured', () => {
    const file = [section(), netInterface(1, { snapBytes: 2 }), enhanced(one, 1000n), simple(one)];
    expect(read(file).map(shown)).to.deep.equal(['1 1 one', '1 1 on']);
  });

  it('reads obsolete packets and passes over what it does not know, however large', () => {
    const obsolete = Buffer.alloc(20);
    obsolete.writeUInt32LE(7000, 8);
    obsolete.writeUInt32LE(3, 12);
    const other = block(0x80001234, Buffer.alloc(2_000_000));
    const file = [section(), netInterface(1), other, block(2, Buffer.concat([obsolete, one])), other];
    expect(read(file, 65_536).map(shown)).to.deep.equal(['7 1 one']);
  });

  it('says the version', () => {
    expect(isNextGeneration(section())).to.equal(true);
    expect(nextGenerationVersion(section(true))).to.equal('1.0');
    expect(nextGenerationVersion(Buffer.alloc(28))).to.equal(null);
  });

  it('says where the file ends within a block', () => {
    const file = Buffer.concat([section(), netInterface(1), enhanced(one, 0n)]);
    expect(read([file.subarray(0, 60)]).map(shown)).to.deep.equal(['the file ends within the block at byte 48']);
    const unknown = block(77, Buffer.alloc(100));
    expect(read([section(), unknown.subarray(0, 50)]).map(shown)[0]).to.equal('the file ends within a block');
  });

  it('reads nothing behind a block that cannot be meant', () => {
    const begin = [section(), netInterface(1)];
    const broken = (change: (bytes: Buffer) => void) => {
      const bytes = enhanced(one, 0n);
      change(bytes);
      return read([...begin, bytes, enhanced(one, 0n)], 10).map(shown);
    };
    const behind = 'at byte 48; nothing behind is read';
    expect(broken((bytes) => bytes.writeUInt32LE(8, 4))).to.deep.equal([`a block of 8 bytes ${behind}`]);
    expect(broken((bytes) => bytes.writeUInt32LE(0x7ffffff0, 4))).to.deep.equal([
      `a block of 2147483632 bytes, 327680 are allowed ${behind}`,
    ]);
    expect(broken((bytes) => bytes.writeUInt32LE(99, 32))).to.deep.equal([
      `a block of 36 bytes that ends with 99 ${behind}`,
    ]);
    expect(read([block(0x0a0d0d0a, Buffer.alloc(16))]).map(shown)[0]).to.match(/^a section without a byte order/);
  });

  it('says of a packet that is longer than its block', () => {
    const bytes = enhanced(one, 0n);
    bytes.writeUInt32LE(900, 20);
    const file = [section(), netInterface(1), bytes, enhanced(one, 0n)];
    expect(read(file).map(shown)).to.deep.equal(['a packet of 900 bytes in the block at byte 48', '0 1 one']);
  });
});
