import { expect } from 'chai';
import { mapKey, unique } from '../lib/map-key';

/** Texts that V8 hashes alike. */
const alike = (count: number) =>
  Array.from({ length: count }, (_, i) => 'x'.repeat(32_000) + String(i).padStart(6, '0'));

describe('mapKey', () => {
  it('leaves names as they are', () => {
    for (const text of ['', 'a topic', 'x'.repeat(249), 'x'.repeat(1000)]) expect(mapKey(text)).to.equal(text);
  });

  it('makes short keys of long texts, different ones of different texts', () => {
    const keys = alike(100).map(mapKey);
    expect(new Set(keys)).to.have.lengthOf(100);
    expect(Math.max(...keys.map(({ length }) => length))).to.be.at.most(64);
    expect(mapKey(alike(1)[0]!)).to.equal(keys[0]);
  });
});

describe('unique', () => {
  it('keeps the first of equal texts, in order', () => {
    const long = alike(2);
    expect(unique(['b', 'a', 'b', long[1]!, long[0]!, long[1]!])).to.deep.equal(['b', 'a', long[1], long[0]]);
  });

  it('tells thousands of long texts apart as quickly as short ones', () => {
    // With the texts themselves as keys this would be some 8 million comparisons of 32,000 characters: minutes.
    expect(unique(alike(4000))).to.have.lengthOf(4000);
  });
});
