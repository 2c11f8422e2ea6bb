/**
 * Types whose size never varies, as JavaScript source: compiled codecs read and write a run of such fields with one look
 * at the bounds and without a call per field, which makes them up to twice as fast.
 *
 * The source works on names of the generated code: `b` is the memory, `p` where the run begins in it, `w` the writer.
 * What does not fit its type is refused without saying where; the careful codec then finds the place.
 */
import type { Primitive } from './schema';

const sizes: Readonly<Partial<Record<string, number>>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  long: 8,
  float64: 8,
  uuid: 16,
} satisfies Partial<Record<Primitive, number>>;

/** Bytes of a type whose size never varies; undefined for the others. */
export function fixedBytes(is: string): number | undefined {
  return sizes[is];
}

/** An expression that reads the value `at` bytes behind the beginning of the run. */
export function readFixed(is: string, at: number): string {
  const byte = (k: number) => `b[p + ${at + k}]`;
  const word = (k: number) => `(${byte(k)} << 24 | ${byte(k + 1)} << 16 | ${byte(k + 2)} << 8 | ${byte(k + 3)})`;
  switch (is) {
    case 'bool':
      return `${byte(0)} !== 0`;
    case 'int8':
      return `${byte(0)} << 24 >> 24`;
    case 'int16':
      return `${byte(0)} << 24 >> 16 | ${byte(1)}`;
    case 'uint16':
      return `${byte(0)} << 8 | ${byte(1)}`;
    case 'int32':
      return word(0);
    case 'uint32':
      return `${word(0)} >>> 0`;
    case 'long':
      return `exactLong(${word(0)}, ${word(4)} >>> 0)`;
    case 'float64':
      return `b.readDoubleBE(p + ${at})`;
    case 'uuid':
      return `uuidText(b, p + ${at})`;
    default:
      throw new TypeError(`${is} has no fixed size`);
  }
}

/** Statements that write the value of the variable `v`, or refuse it, `at` bytes behind the beginning of the run. */
export function writeFixed(is: string, v: string, at: number): string {
  const byte = (k: number) => `b[p + ${at + k}]`;
  const word = `w.view.setInt32(p + ${at}, ${v});`;
  const unless = (fits: string) => `if (!(${fits})) w.fail('refused');`;
  switch (is) {
    case 'bool':
      return `${unless(`typeof ${v} === 'boolean'`)} ${byte(0)} = ${v} ? 1 : 0;`;
    case 'int8':
      return `${unless(`${v} << 24 >> 24 === ${v}`)} ${byte(0)} = ${v};`;
    case 'int16':
      return `${unless(`${v} << 16 >> 16 === ${v}`)} ${byte(0)} = ${v} >> 8; ${byte(1)} = ${v};`;
    case 'uint16':
      return `${unless(`(${v} & 0xffff) === ${v}`)} ${byte(0)} = ${v} >> 8; ${byte(1)} = ${v};`;
    case 'int32':
      return `${unless(`(${v} | 0) === ${v}`)} ${word}`;
    case 'uint32':
      return `${unless(`${v} >>> 0 === ${v}`)} ${word}`;
    case 'long':
      return `w.putLong(p + ${at}, ${v});`;
    case 'float64':
      return `${unless(`typeof ${v} === 'number'`)} w.view.setFloat64(p + ${at}, ${v});`;
    case 'uuid':
      return `${unless(`typeof ${v} === 'string' && putUuid(${v}, b, p + ${at})`)}`;
    default:
      throw new TypeError(`${is} has no fixed size`);
  }
}
