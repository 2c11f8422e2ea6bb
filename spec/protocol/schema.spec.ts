import { expect } from 'chai';
import * as fc from 'fast-check';
import { array, covers, Field, int32, long, parseVersions, string, struct } from '../../lib/protocol/schema';

describe('Field', () => {
  it('is in every version, never null, without tag and default, unless it says so', () => {
    expect(int32().declared).to.deep.equal({
      kind: { is: 'int32' },
      versions: { from: 0, to: Number.MAX_SAFE_INTEGER },
      nulls: null,
      tag: null,
      fallback: undefined,
    });
  });

  it('takes its first and its last version in either order', () => {
    expect(string().since(3).until(7).declared.versions).to.deep.equal({ from: 3, to: 7 });
    expect(string().until(7).since(3).declared.versions).to.deep.equal({ from: 3, to: 7 });
  });

  it('may be null from a version on, or in a range', () => {
    expect(string().nullable().declared.nulls).to.deep.include({ from: 0 });
    expect(string().nullable(4).declared.nulls).to.deep.include({ from: 4 });
    expect(string().nullable(4, 6).declared.nulls).to.deep.equal({ from: 4, to: 6 });
  });

  it('begins with the version of its tag', () => {
    const { tag, versions } = long().tag(2, 12).declared;
    expect(tag).to.equal(2);
    expect(versions.from).to.equal(12);
  });

  it('never changes: each word of the notation gives a new one', () => {
    const plain = long();
    plain.since(5).default(-1).tag(0, 9);
    expect(plain.declared).to.deep.equal(long().declared);
  });
});

describe('array', () => {
  it('takes the fields of a struct as it takes an element', () => {
    const index = int32();
    expect(array({ index }).declared.kind).to.deep.equal(array(struct({ index })).declared.kind);
    expect(array(int32()).declared.kind).to.deep.equal({ is: 'array', element: new Field(int32().declared) });
  });
});

describe('covers', () => {
  it('includes both ends', () => {
    const seen = [2, 3, 4, 5, 6].map((version) => covers({ from: 3, to: 5 }, version));
    expect(seen).to.deep.equal([false, true, true, true, false]);
  });

  it('says no for no versions', () => {
    expect(covers(null, 0)).to.equal(false);
  });
});

describe('parseVersions', () => {
  it('reads a version, a range, an open range, and none', () => {
    expect(parseVersions('3')).to.deep.equal({ from: 3, to: 3 });
    expect(parseVersions('3-13')).to.deep.equal({ from: 3, to: 13 });
    expect(covers(parseVersions('9+'), 32767)).to.equal(true);
    expect(covers(parseVersions('9+'), 8)).to.equal(false);
    expect(parseVersions('none')).to.equal(null);
  });

  it('refuses anything else, with what it saw', () => {
    for (const text of ['', '3-', '-3', 'v3', '3 - 4', '3+4', 'None'])
      expect(() => parseVersions(text), text).to.throw(TypeError, `'${text}' is not a version range`);
  });

  it('refuses a range that ends before it begins', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), (a, b) => {
        const read = () => parseVersions(`${a}-${b}`);
        if (a <= b) expect(read()).to.deep.equal({ from: a, to: b });
        else expect(read).to.throw(TypeError, `'${a}-${b}' ends before it begins`);
      }),
    );
  });
});
