import { expect } from 'chai';
import { ClassicReader, classicHeader, isClassic } from '../../../lib/capture/pcap/classic';
import type { Packet, Unread } from '../../../lib/capture/pcap/packet';
import { pcap, timeOf } from '../../support/crafted-pcap';

function read(file: Buffer, chunkBytes = file.length): (Packet | Unread)[] {
  const reader = new ClassicReader();
  const items: (Packet | Unread)[] = [];
  for (let at = 0; at < file.length; at += chunkBytes) items.push(...reader.push(file.subarray(at, at + chunkBytes)));
  return [...items, ...reader.end()];
}

const shown = (item: Packet | Unread) => (item.is === 'packet' ? `${item.atMs} ${item.bytes}` : item.why);
const packets = [Buffer.from('one'), Buffer.from('two'), Buffer.from('')];
const expected = [`${timeOf(0)} one`, `${timeOf(1)} two`, `${timeOf(2)} `];

describe('ClassicReader', () => {
  for (const isBig of [false, true])
    for (const isNano of [false, true])
      it(`reads ${isBig ? 'big' : 'little'}-endian files that count ${isNano ? 'nano' : 'micro'}seconds`, () => {
        expect(read(pcap(packets, { isBig, isNano })).map(shown)).to.deep.equal(expected);
      });

  it('reads byte by byte', () => {
    expect(read(pcap(packets), 1).map(shown)).to.deep.equal(expected);
  });

  it('says the version and the link type', () => {
    const head = classicHeader(pcap([], { linkType: 113, snapBytes: 96, isBig: true }));
    expect(head).to.include({ version: '2.4', linkType: 113, snapBytes: 96 });
    expect(classicHeader(pcap([]).subarray(0, 23))).to.equal(null);
    expect(isClassic(Buffer.from('nono'))).to.equal(false);
  });

  it('keeps fractions of a millisecond', () => {
    const file = pcap([Buffer.from('x')], { isNano: true });
    file.writeUInt32LE(1_250_000, 28);
    expect(read(file)[0]).to.include({ atMs: timeOf(0) + 1.25 });
  });

  it('says where a file ends within a header or a packet', () => {
    const file = pcap(packets);
    expect(read(file.subarray(0, 10)).map(shown)).to.deep.equal(['the file ends within the header at byte 0']);
    expect(read(file.subarray(0, 30)).map(shown)).to.deep.equal(['the file ends within the packet header at byte 24']);
    expect(read(file.subarray(0, 41)).map(shown)).to.deep.equal(['the file ends within the packet at byte 24']);
  });

  it('reads nothing behind a length or a time that cannot be meant', () => {
    const long = pcap(packets);
    long.writeUInt32LE(0x7fffffff, 24 + 19 + 8);
    expect(read(long, 7).map(shown)).to.deep.equal([
      expected[0],
      'a packet of 2147483647 bytes at byte 43; nothing behind is read',
    ]);
    const late = pcap(packets);
    late.writeUInt32LE(1_000_000, 24 + 4);
    expect(read(late).map(shown)).to.deep.equal(['a time of 1000000/1000000 s at byte 24; nothing behind is read']);
  });
});
