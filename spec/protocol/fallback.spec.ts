import { expect } from 'chai';
import { fallbackSource, isFallbackSource } from '../../lib/protocol/fallback';
import {
  type AnyField,
  array,
  bool,
  bytes,
  float64,
  int32,
  long,
  records,
  string,
  struct,
  uuid,
} from '../../lib/protocol/schema';

const emptyBuffer = Buffer.alloc(0);

function fallbackOf(field: AnyField): unknown {
  return new Function('emptyBuffer', `return (${fallbackSource(field)});`)(emptyBuffer);
}

function isFallback(field: AnyField, value: unknown): boolean {
  return new Function('v', `return ${isFallbackSource(field, 'v')};`)(value) as boolean;
}

const table: readonly (readonly [string, AnyField, unknown, readonly unknown[]])[] = [
  ['a bool', bool(), false, [true]],
  ['a number', int32(), 0, [1, -1]],
  ['a long', long(), 0, [1]],
  ['a text', string(), '', ['x', null]],
  ['a uuid', uuid(), 'AAAAAAAAAAAAAAAAAAAAAA', ['AAAAAAAAAAAAAAAAAAAAAQ']],
  ['bytes', bytes(), emptyBuffer, [Buffer.from([0]), null]],
  ['records', records(), emptyBuffer, [Buffer.from([0])]],
  ['nullable records', records().nullable(), null, [Buffer.from([0]), emptyBuffer]],
  ['an array', array(int32()), [], [[0], null]],
  ['a struct', struct({ a: int32(), b: string() }), { a: 0, b: '' }, [{ a: 1, b: '' }, { a: 0, b: 'x' }, null]],
  ['a number with a default', int32().default(-1), -1, [0]],
  ['a large long', long().default(2 ** 53 - 1), 2 ** 53 - 1, [0]],
  ['a float', float64().default(0.5), 0.5, [0]],
  ['a text with a default', string().default('"\n'), '"\n', ['']],
  ['a bool with a default', bool().default(true), true, [false]],
  ['nullable bytes', bytes().nullable().default(null), null, [emptyBuffer]],
  ['a nullable array', array(int32()).nullable().default(null), null, [[]]],
  ['a nullable struct', struct({ a: int32() }).nullable().default(null), null, [{ a: 0 }]],
];

describe('fallbackSource', () => {
  for (const [name, field, fallback] of table) {
    it(`writes down the default of ${name}`, () => {
      expect(fallbackOf(field)).to.deep.equal(fallback);
    });
  }

  it('makes arrays and structs anew, so that nobody shares them', () => {
    const field = struct({ list: array(int32()) });
    expect(fallbackOf(field)).not.to.equal(fallbackOf(field));
  });

  it('refuses a default that it cannot write down', () => {
    expect(() => fallbackSource(bytes().default(Buffer.from([1])))).to.throw(TypeError, 'the default of bytes must be');
    expect(() => fallbackSource(struct({ a: int32() }).default({ a: 1 }))).to.throw(TypeError, '{"a":1}');
  });
});

describe('isFallbackSource', () => {
  for (const [name, field, fallback, others] of table) {
    it(`knows the default of ${name}, and others from it`, () => {
      expect(isFallback(field, fallback)).to.equal(true);
      for (const other of others) expect(isFallback(field, other), String(other)).to.equal(false);
    });
  }

  it('takes what a struct leaves out for its default', () => {
    expect(isFallback(struct({ a: int32().default(-1), b: string().nullable() }), { a: -1 })).to.equal(true);
  });
});
