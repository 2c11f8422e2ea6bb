import { expect } from 'chai';
import { Reader, Writer } from '../../lib/protocol/bytes';
import { fixedBytes, readFixed, writeFixed } from '../../lib/protocol/fixed';
import { exactLong } from '../../lib/protocol/reader';
import { putUuid, uuidText } from '../../lib/protocol/uuid-text';

type Fixed = 'bool' | 'int8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'long' | 'float64' | 'uuid';

/** Values that fit each type, its ends among them, and values that do not. */
const values: Readonly<Record<Fixed, { fit: readonly unknown[]; not: readonly unknown[] }>> = {
  bool: { fit: [true, false], not: [0, 'true', null, undefined] },
  int8: { fit: [-128, -1, 0, 127], not: [128, -129, 0.5, '1', null, undefined] },
  int16: { fit: [-32768, -1, 0, 255, 256, 32767], not: [32768, -32769, 1e9, null, undefined] },
  uint16: { fit: [0, 255, 256, 65535], not: [-1, 65536, 0.5, null, undefined] },
  int32: { fit: [-(2 ** 31), -1, 0, 2 ** 31 - 1], not: [2 ** 31, -(2 ** 31) - 1, Number.NaN, null, undefined] },
  uint32: { fit: [0, 2 ** 31, 2 ** 32 - 1], not: [-1, 2 ** 32, 0.5, null, undefined] },
  long: {
    fit: [0, -1, 2 ** 32, -(2 ** 32) - 1, 2 ** 53 - 1, -(2 ** 53), 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)],
    not: [0.5, 2 ** 53, 2n ** 63n, '1', null, undefined],
  },
  float64: { fit: [0.1, -1e300, Number.POSITIVE_INFINITY], not: ['1', 1n, null, undefined] },
  uuid: { fit: ['AAAAAAAAAAAAAAAAAAAAAA', 'caWaUYloT4uTfgAAAAAAAQ'], not: ['AAAA', '', 7, null, undefined] },
};

function write(is: Fixed, writer: Writer, value: unknown): void {
  const size = fixedBytes(is)!;
  const source = `const p = w.room(${size + 3}), b = w.slab; b.fill(0xee, p, p + ${size + 3}); ${writeFixed(is, 'v', 3)}`;
  new Function('w', 'v', 'putUuid', source)(writer, value, putUuid);
}

function read(is: Fixed, bytes: Buffer): unknown {
  const source = `const p = 1; return ${readFixed(is, 2)};`;
  return new Function('b', 'exactLong', 'uuidText', source)(bytes, exactLong, uuidText);
}

for (const is of Object.keys(values) as Fixed[]) {
  const { fit, not } = values[is];

  describe(`${is} in a run`, () => {
    it('is written and read as Writer and Reader do', () => {
      for (const value of fit) {
        const [inRun, alone] = [new Writer(), new Writer()];
        write(is, inRun, value);
        (alone[is] as (value: unknown) => void)(value);
        const bytes = inRun.takeBuffer();
        expect(bytes.subarray(3), String(value)).to.deep.equal(alone.takeBuffer());
        expect(bytes.subarray(0, 3).toString('hex')).to.equal('eeeeee');
        expect(read(is, bytes), String(value)).to.deep.equal(value);
        expect(new Reader(bytes, 3)[is]()).to.deep.equal(value);
      }
    });

    it('refuses what does not fit', () => {
      for (const value of not) expect(() => write(is, new Writer(), value), String(value)).to.throw();
    });
  });
}

describe('fixedBytes', () => {
  it('knows the size of what always has the same', () => {
    expect(Object.keys(values).map(fixedBytes)).to.deep.equal([1, 1, 2, 2, 4, 4, 8, 8, 16]);
    for (const is of ['string', 'bytes', 'records', 'array', 'struct']) expect(fixedBytes(is)).to.equal(undefined);
  });
});

describe('readFixed and writeFixed', () => {
  it('refuse types of varying size', () => {
    expect(() => readFixed('string', 0)).to.throw(TypeError, 'string has no fixed size');
    expect(() => writeFixed('array', 'v', 0)).to.throw(TypeError, 'array has no fixed size');
  });
});
