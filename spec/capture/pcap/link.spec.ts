import { expect } from 'chai';
import { ipIn } from '../../../lib/capture/pcap/link';
import { ethernet, ipv4, ipv6 } from '../../support/crafted-pcap';

const ip = ipv4(Buffer.from('tcp'));

describe('ipIn', () => {
  it('finds IP behind Ethernet and any number of VLAN tags', () => {
    expect(ipIn(1, ethernet(ip))).to.equal(14);
    expect(ipIn(1, ethernet(ipv6(Buffer.from('tcp'))))).to.equal(14);
    expect(ipIn(1, ethernet(ip, [0x8100]))).to.equal(18);
    expect(ipIn(1, ethernet(ip, [0x88a8, 0x8100]))).to.equal(22);
  });

  it('finds IP behind loopback, raw and cooked headers', () => {
    expect([0, 108].map((type) => ipIn(type, Buffer.concat([Buffer.alloc(4), ip])))).to.deep.equal([4, 4]);
    expect([12, 14, 101, 228, 229].map((type) => ipIn(type, ip))).to.deep.equal([0, 0, 0, 0, 0]);
    const cooked = Buffer.alloc(16);
    cooked.writeUInt16BE(0x0800, 14);
    expect(ipIn(113, Buffer.concat([cooked, ip]))).to.equal(16);
    const cooked2 = Buffer.alloc(20);
    cooked2.writeUInt16BE(0x86dd, 0);
    expect(ipIn(276, Buffer.concat([cooked2, ip]))).to.equal(20);
  });

  it('passes over other protocols', () => {
    const arp = ethernet(ip);
    arp.writeUInt16BE(0x0806, 12);
    expect(ipIn(1, arp)).to.equal(null);
  });

  it('says what it cannot read', () => {
    expect(ipIn(105, ip)).to.match(/^packets of link type 105 cannot be read, only those of .*Ethernet/);
    expect(ipIn(1, Buffer.alloc(13))).to.equal('a packet that ends within its Ethernet header');
    expect(ipIn(1, ethernet(ip, [0x8100]).subarray(0, 16))).to.equal('a packet that ends within its VLAN tag');
    expect(ipIn(113, Buffer.alloc(2))).to.equal('a packet that ends within its Linux cooked header');
  });
});
