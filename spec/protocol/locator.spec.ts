import { expect } from 'chai';
import * as fc from 'fast-check';
import { exchanges } from '../../lib/apis/exchanges';
import { DecodeError, EncodeError, Reader, Writer } from '../../lib/protocol/bytes';
import { compile } from '../../lib/protocol/compile';
import { compileLocator } from '../../lib/protocol/locator';
import { rewriter } from '../../lib/protocol/rewrite';
import { array, int8, records, type Schema, string } from '../../lib/protocol/schema';
import { draftsOf, type Example, examples } from '../support/schema-arbitraries';

/** Begins and ends of the records in a message, as its codec reads them. */
function byCodec({ schema, version, flexible }: Example, message: Buffer): number[][] {
  const places: number[][] = [];
  const look = rewriter<Schema, void>(schema, ({ field }) => {
    if (field.declared.kind.is !== 'records') return null;
    return (value) => {
      const { byteOffset, length } = value as Buffer;
      if (length > 0) places.push([byteOffset - message.byteOffset, byteOffset - message.byteOffset + length]);
      return value;
    };
  });
  look(compile(schema, version, flexible).read(new Reader(message)) as never);
  return places.sort(([a = 0], [b = 0]) => a - b);
}

function expectLocated(example: Example): void {
  const writer = new Writer();
  try {
    compile(example.schema, example.version, example.flexible).write(writer, example.draft as never);
  } catch (error) {
    if (error instanceof EncodeError) return;
    throw error;
  }
  const message = writer.takeBuffer();
  const expected = byCodec(example, message);
  const locate = compileLocator(example.schema, example.version, example.flexible);
  if (locate === null) return void expect(expected).to.deep.equal([]);
  const reader = new Reader(message);
  const found: number[] = [];
  locate(reader, found);
  const places = found.flatMap((at, i) => (i % 2 === 0 ? [[at, found[i + 1]!]] : []));
  expect(places).to.deep.equal(expected);
  expect(reader.remaining).to.equal(0);
}

describe('compileLocator', () => {
  it('finds what codecs read as records, in random schemas', () => {
    fc.assert(fc.property(examples, expectLocated), { numRuns: 500 });
  });

  it('finds it in every version of every API that has records', () => {
    let count = 0;
    for (const { versions, request, response, isFlexible } of exchanges().values())
      for (let version = versions.from; version <= versions.to; version++)
        for (const schema of [request, response]) {
          const flexible = isFlexible(version);
          if (compileLocator(schema, version, flexible) === null) continue;
          count++;
          fc.assert(
            fc.property(draftsOf(schema, version), (draft) => expectLocated({ schema, version, flexible, draft })),
            { numRuns: 10 },
          );
        }
    expect(count).to.be.at.least(30);
  });

  it('passes over what has none', () => {
    expect(compileLocator({ name: string(), ids: array(int8()) }, 0, true)).to.equal(null);
    expect(compileLocator({ records: records().since(1) }, 0, true)).to.equal(null);
  });

  it('refuses what ends too early, and arrays that cannot be there', () => {
    const locate = compileLocator({ topics: array({ name: string(), records: records().nullable() }) }, 0, false)!;
    for (const hex of ['00000001', '0000000100016100000005 01', 'fffffffe', '7fffffff00'])
      expect(() => locate(new Reader(Buffer.from(hex.replaceAll(' ', ''), 'hex')), []), hex).to.throw(DecodeError);
  });

  it('refuses a tag that is not as long as it says', () => {
    const locate = compileLocator({ records: records().tag(0, 0) }, 0, true)!;
    const found: number[] = [];
    locate(new Reader(Buffer.from('01000303aabb', 'hex')), found);
    expect(found).to.deep.equal([4, 6]);
    expect(() => locate(new Reader(Buffer.from('01000403aabb00', 'hex')), [])).to.throw(DecodeError);
  });
});
