import { expect } from 'chai';
import { array, int16, int32, long, type Schema, string, struct, uuid } from '../../lib/protocol/schema';
import { codecSource } from '../../lib/protocol/source';

const fast = (schema: Schema) => codecSource(schema, { version: 0, flexible: true, careful: false });
const careful = (schema: Schema) => codecSource(schema, { version: 0, flexible: true, careful: true });

describe('codecSource', () => {
  it('takes fields of fixed size that follow each other as one run', () => {
    const source = fast({ a: int16(), b: int32(), c: string(), d: long(), e: uuid(), f: array(int32()), g: int16() });
    expect(source.match(/r\.take\(\d+\)/g)).to.deep.equal(['r.take(6)', 'r.take(24)']);
    expect(source.match(/w\.room\(\d+\)/g)).to.deep.equal(['w.room(6)', 'w.room(24)']);
  });

  it('leaves fields of other versions, and tags, out of a run', () => {
    const source = fast({ a: int16(), gone: int32().since(1), b: int16(), t: int32().tag(0, 0), c: int16() });
    expect(source.match(/r\.take\(\d+\)/g)).to.deep.equal(['r.take(6)']);
  });

  it('takes field by field and keeps note of each, where it is careful', () => {
    const source = careful({ a: int16(), b: int32() });
    expect(source).not.to.match(/r\.take|w\.room/);
    expect(source).to.include('r.field = "a"').and.to.include('w.field = "b"');
  });

  it('keeps note of nothing where it is not', () => {
    const source = fast({ a: int16(), list: array({ leader: struct({ id: int32() }) }), t: string().tag(0, 0) });
    expect(source).not.to.match(/field|within|try/);
  });

  it('lets names of fields in as text only', () => {
    const name = `"]; throw new Error('ran'); //\n\u2028`;
    for (const source of [fast({ [name]: string() }), careful({ [name]: string() })])
      expect(() => new Function(source)()).not.to.throw();
  });
});
