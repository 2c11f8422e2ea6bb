import { expect } from 'chai';
import fc from 'fast-check';
import { reverseOf, type Segment, segmentIn, senderOf, senderPortOf } from '../../../lib/capture/pcap/segment';
import { broker, broker6, client, client6, ipv4, ipv6, tcp } from '../../support/crafted-pcap';

const payload = Buffer.from('hello');
const sent = tcp({ seq: 7, ack: 9, flags: 'F', payload });

function segment(bytes: Buffer): Segment {
  const found = segmentIn(bytes, 0, 5);
  if (found === null || typeof found === 'string') throw new Error(`no segment: ${found}`);
  return found;
}

describe('segmentIn', () => {
  it('reads TCP in IPv4, without what pads the packet', () => {
    const found = segment(Buffer.concat([ipv4(sent), Buffer.alloc(9)]));
    expect(found).to.deep.include({ atMs: 5, sequence: 7, acknowledged: 9, isSyn: false, isFin: true, isReset: false });
    expect([found.payload.toString(), found.cutBytes]).to.deep.equal(['hello', 0]);
    expect(segment(ipv4(tcp({ flags: 'SR' })))).to.include({ acknowledged: null, isSyn: true, isReset: true });
  });

  it('reads TCP in IPv6, behind headers of any kind', () => {
    const from = { ...client6 };
    for (const extensions of [
      [],
      [[0, Buffer.alloc(8)]],
      [
        [60, Buffer.from([0, 1, ...Buffer.alloc(14)])],
        [51, Buffer.from([0, 4, ...Buffer.alloc(22)])],
        [44, Buffer.alloc(8)],
      ],
    ] as [number, Buffer][][]) {
      const found = segment(ipv6(sent, from, broker6, extensions));
      expect(found.payload.toString()).to.equal('hello');
      expect(senderOf(found.key)).to.equal('[fd00::1]:50000');
    }
  });

  it('reads headers with options', () => {
    const ip = ipv4(sent);
    ip[0] = 0x46;
    ip.writeUInt16BE(ip.length + 4, 2);
    const found = segment(Buffer.concat([ip.subarray(0, 20), Buffer.alloc(4), ip.subarray(20)]));
    expect([found.payload.toString(), senderOf(found.key)]).to.deep.equal(['hello', '10.0.0.1:50000']);
    const long = Buffer.concat([sent.subarray(0, 20), Buffer.alloc(8), payload]);
    long[12] = 7 << 4;
    expect(segment(ipv4(long)).payload.toString()).to.equal('hello');
  });

  it('says how much of the payload was not captured', () => {
    const bytes = ipv4(sent);
    expect(segment(bytes.subarray(0, 42))).to.include({ cutBytes: 3 });
    expect(segment(bytes.subarray(0, 42)).payload.toString()).to.equal('he');
    expect(segment(bytes.subarray(0, 40))).to.include({ cutBytes: 5 });
  });

  it('takes packets without a length as they are, as cards that cut them are handed', () => {
    const bytes = ipv4(sent);
    bytes.writeUInt16BE(0, 2);
    expect(segment(bytes).payload.toString()).to.equal('hello');
    const bytes6 = ipv6(sent);
    bytes6.writeUInt16BE(0, 4);
    expect(segment(bytes6).payload.toString()).to.equal('hello');
  });

  it('passes over what is not TCP', () => {
    expect(segmentIn(ipv4(sent, client, broker, 17), 0, 0)).to.equal(null);
    const udp = ipv6(sent);
    udp[6] = 17;
    expect(segmentIn(udp, 0, 0)).to.equal(null);
  });

  it('says of fragments, of other versions of IP, and of what ends too early', () => {
    const fragment = ipv4(sent);
    fragment.writeUInt16BE(0x2000, 6);
    const text = 'a fragment of an IP packet; fragments are not put together';
    expect(segmentIn(fragment, 0, 0)).to.equal(text);
    const header = Buffer.alloc(8);
    header[3] = 1;
    expect(segmentIn(ipv6(sent, client6, broker6, [[44, header]]), 0, 0)).to.equal(text);
    expect(segmentIn(Buffer.from([0x50]), 0, 0)).to.equal('IP of version 5');
    expect(segmentIn(Buffer.alloc(0), 0, 0)).to.equal('a packet without anything in it');
    expect(segmentIn(ipv4(sent).subarray(0, 19), 0, 0)).to.equal('a packet that ends within its IPv4 header');
    expect(segmentIn(ipv6(sent).subarray(0, 39), 0, 0)).to.equal('a packet that ends within its IPv6 header');
    expect(segmentIn(ipv4(sent).subarray(0, 39), 0, 0)).to.equal('a packet that ends within its TCP header');
    const short = Buffer.from(sent);
    short[12] = 0x40;
    expect(segmentIn(ipv4(short), 0, 0)).to.equal('a TCP header of 16 bytes');
  });

  it('reads any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.constantFrom(0x45, 0x4f, 0x60), fc.uint8Array({ maxLength: 80 }), (first, rest) => {
        const found = segmentIn(Buffer.from([first, ...rest]), 0, 0);
        if (found !== null && typeof found !== 'string') expect(found.cutBytes).to.be.at.least(0);
      }),
    );
  });
});

describe('reverseOf', () => {
  it('is the key of the other direction', () => {
    const there = segment(ipv4(tcp({}), client, broker)).key;
    const back = segment(ipv4(tcp({ from: broker, to: client }), broker, client)).key;
    expect(reverseOf(there)).to.equal(back);
    expect([senderPortOf(there), senderPortOf(back)]).to.deep.equal([50_000, 9092]);
  });
});

describe('senderOf', () => {
  it('writes IPv6 as RFC 5952 has it', () => {
    const text = (address: string) => senderOf(segment(ipv6(tcp({}), { address, port: 1 })).key);
    expect(text('0:0:0:0:0:0:0:1')).to.equal('[::1]:50000');
    expect(text('2001:db8:0:0:1:0:0:1')).to.equal('[2001:db8::1:0:0:1]:50000');
    expect(text('1:0:3:4:5:6:7:0')).to.equal('[1:0:3:4:5:6:7:0]:50000');
    expect(text('fe80:0:0:0:0:0:0:0')).to.equal('[fe80::]:50000');
  });
});
