import { expect } from 'chai';
import { legacyCrcMatches, legacyHeaderBytes, legacyMaxTimestamp } from '../../lib/records/legacy-entry';
import { bytesOf, legacyEntries } from '../support/golden-batches';

describe('legacy entry', () => {
  it('has its CRC over everything from the magic on, to the size it is given', () => {
    const b = Buffer.concat([Buffer.alloc(2), bytesOf(legacyEntries[0]!.hex)]);
    expect(legacyCrcMatches(b, 2, 32)).to.equal(true);
    expect(legacyCrcMatches(b, 2, 33)).to.equal(false);
    expect(legacyCrcMatches(b, 2, 12)).to.equal(false);
  });

  it('has a timestamp from magic 1 on', () => {
    expect(legacyMaxTimestamp(bytesOf(legacyEntries[0]!.hex), 0)).to.equal(-1);
    expect(legacyMaxTimestamp(bytesOf(legacyEntries[4]!.hex), 0)).to.equal(1700000000000);
    expect([legacyHeaderBytes(0), legacyHeaderBytes(1)]).to.deep.equal([18, 26]);
  });
});
