import { expect } from 'chai';
import * as fc from 'fast-check';
import { EncodeError, Writer } from '../../lib/protocol/writer';

describe('Writer', () => {
  const refused: readonly (readonly [keyof Writer, unknown, string])[] = [
    ['int8', 128, '128 is not an int8'],
    ['int8', -129, '-129 is not an int8'],
    ['int16', 32768, '32768 is not an int16'],
    ['uint16', -1, '-1 is not a uint16'],
    ['uint16', 65536, '65536 is not a uint16'],
    ['int32', 2147483648, '2147483648 is not an int32'],
    ['int32', 1.5, '1.5 is not an int32'],
    ['int32', Number.NaN, 'NaN is not an int32'],
    ['int32', undefined, 'undefined is not an int32'],
    ['int32', '7', '"7" is not an int32'],
    ['uint32', 4294967296, '4294967296 is not a uint32'],
    ['uint32', -1, '-1 is not a uint32'],
    ['long', 0.5, '0.5 is not an int64'],
    ['long', 2 ** 53, '9007199254740992 is not an int64'],
    ['long', -(2 ** 53) - 2, '-9007199254740994 is not an int64'],
    ['long', 2n ** 63n, '9223372036854775808 is not an int64'],
    ['varlong', 2n ** 63n, '9223372036854775808 is not an int64'],
    ['varlong', 0.5, '0.5 is not an int64'],
    ['varint', 2147483648, '2147483648 is not a varint'],
    ['uvarint', -1, '-1 is not a uvarint'],
    ['bool', 1, '1 is not a bool'],
    ['float64', '1', '"1" is not a float64'],
    ['uuid', 'AAAA', '"AAAA" is not a uuid in base64url'],
    ['uuid', 'AAAAAAAAAAAAAAAAAAAAA=', '"AAAAAAAAAAAAAAAAAAAAA=" is not a uuid in base64url'],
    ['uuid', 'ŁAAAAAAAAAAAAAAAAAAAAA', '"ŁAAAAAAAAAAAAAAAAAAAAA" is not a uuid in base64url'],
  ];
  for (const [method, value, what] of refused) {
    it(`refuses ${method}(${typeof value === 'string' ? `'${value}'` : String(value)})`, () => {
      const writer = new Writer();
      writer.field = 'leader';
      const write = writer[method] as (value: unknown) => void;
      expect(() => write.call(writer, value)).to.throw(EncodeError, `leader: ${what}`);
    });
  }

  it('throws half a message away with `take` and then writes the next one', () => {
    const writer = new Writer();
    writer.int16(1);
    expect(() => writer.int16(1e6)).to.throw(EncodeError);
    writer.take();
    writer.int16(2);
    expect(writer.length).to.equal(2);
    expect(writer.takeBuffer()).to.deep.equal(Buffer.from([0, 2]));
  });

  it('passes large byte fields on by reference and copies small ones', () => {
    const writer = new Writer();
    const large = Buffer.alloc(1024, 1);
    const small = Buffer.alloc(1023, 2);
    writer.bytes(small);
    writer.bytes(large);
    writer.int8(7);
    const chunks = writer.take();
    expect(chunks).to.have.length(3);
    expect(chunks[1]).to.equal(large);
    small.fill(9);
    expect(chunks[0]!.subarray(4, 8)).to.deep.equal(Buffer.from([2, 2, 2, 2]));
  });

  it('knows the length of what it has not given out yet', () => {
    const writer = new Writer(64);
    for (const size of [10, 100, 2000]) writer.raw(Buffer.alloc(size));
    expect(writer.length).to.equal(2110);
    writer.take();
    expect(writer.length).to.equal(0);
  });

  it('never writes again to memory that it gave out', () => {
    const writer = new Writer(32);
    const given: Buffer[][] = [];
    for (let i = 0; i < 50; i++) {
      writer.int32(i);
      writer.string('x'.repeat(i % 7));
      given.push(writer.take());
    }
    for (const [i, chunks] of given.entries()) expect(Buffer.concat(chunks).readInt32BE(0)).to.equal(i);
  });

  it('gives the same bytes whatever the size of its slabs', () => {
    const parts = fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer(), fc.nat(1500)));
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 90 }), (values, slabBytes) => {
        const write = (writer: Writer) => {
          for (const [i, value] of values.entries()) {
            if (typeof value === 'string') writer.sized((inner) => inner.compactString(value));
            else if (i % 2 === 0 && value >= 0 && value <= 1500) writer.bytes(Buffer.alloc(value, i));
            else writer.varint(value);
          }
          return writer.takeBuffer();
        };
        expect(write(new Writer(slabBytes))).to.deep.equal(write(new Writer()));
      }),
    );
  });
});

describe('Writer.sized', () => {
  const sizes = [0, 1, 127, 128, 300, 1023, 1024, 20000];

  for (const slabBytes of [16, 1000, 65536]) {
    it(`puts the size before what was written, in slabs of ${slabBytes} bytes`, () => {
      for (const size of sizes) {
        const content = Buffer.alloc(size, size);
        const writer = new Writer(slabBytes);
        writer.int16(7);
        writer.sized((inner) => inner.raw(content));
        writer.int8(1);
        const lead = new Writer();
        lead.uvarint(size);
        const expected = Buffer.concat([Buffer.from([0, 7]), lead.takeBuffer(), content, Buffer.from([1])]);
        expect(writer.length, `${size}`).to.equal(expected.length);
        expect(writer.takeBuffer(), `${size}`).to.deep.equal(expected);
      }
    });

    it(`nests, in slabs of ${slabBytes} bytes`, () => {
      for (const size of sizes) {
        const content = Buffer.alloc(size, size);
        const sized = (inner: Buffer) => {
          const lead = new Writer();
          lead.uvarint(inner.length);
          return Buffer.concat([lead.takeBuffer(), inner]);
        };
        const writer = new Writer(slabBytes);
        writer.sized(() => {
          writer.int8(1);
          writer.sized(() => writer.raw(content));
          writer.sized(() => writer.raw(content));
        });
        const expected = sized(Buffer.concat([Buffer.from([1]), sized(content), sized(content)]));
        expect(writer.takeBuffer(), `${size}`).to.deep.equal(expected);
      }
    });
  }
});

describe('EncodeError', () => {
  it('grows its path outwards', () => {
    const error = new EncodeError('70000 is not an int16', 'errorCode').within('topics[2]');
    expect(error.message).to.equal('topics[2].errorCode: 70000 is not an int16');
  });
});
