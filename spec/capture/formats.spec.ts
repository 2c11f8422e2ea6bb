import { expect } from 'chai';
import { formats, isKnown, whatInstead } from '../../lib/capture/formats';
import { packet, pcap, section } from '../support/crafted-pcap';
import { mrcap } from '../support/mrcap';

const files = { mrcap: mrcap([]), pcap: pcap([packet({ flags: 'S' })]), pcapng: section() };

describe('formats', () => {
  for (const { name, is, about } of formats) {
    it(`know ${name} by its first bytes, and say nothing of it before its header is there`, () => {
      for (const [other, bytes] of Object.entries(files)) expect(is(bytes)).to.equal(other === name);
      expect(isKnown(files[name].subarray(0, 7))).to.equal(false);
      expect(about(files[name].subarray(0, 7))).to.equal(null);
      expect(isKnown(files[name])).to.equal(true);
    });
  }

  it('know that something else is none, and say what it begins with', () => {
    expect(isKnown(Buffer.from('something'))).to.equal(true);
    expect(whatInstead(Buffer.from('abcdef'))).to.match(
      /^is not a recording: it begins with 61626364; expected mrcap,/,
    );
    expect(whatInstead(Buffer.alloc(0))).to.match(/^is empty/);
  });
});
