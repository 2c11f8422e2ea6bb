/**
 * Texts of configuration values, read and printed by Java's rules. Called by key.ts; pure.
 * What always holds: no text makes a reader throw, and a number that is read fits the bits of its type.
 */

/** Java's String.trim: everything up to and including U+0020 at both ends. */
export function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= 0x20) from++;
  while (to > from && text.charCodeAt(to - 1) <= 0x20) to--;
  return text.slice(from, to);
}

/** Splits at commas, blanks around them dropped; what comes twice counts once; an empty text is an empty list. */
export function readList(text: string): { value: readonly string[] } {
  return { value: Object.freeze(text === '' ? [] : [...new Set(text.split(',').map(trim))]) };
}

export function readBoolean(text: string): { value: boolean } | { fault: string } {
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === 'false') return { value: lower === 'true' };
  return { fault: 'Expected value to be either true or false' };
}

/** Decimal digits with an optional sign; `text` is the number without zeros in front, exact for all 64 bits. */
export function readInteger(
  text: string,
  type: string,
  bits: 16 | 32 | 64,
): { value: number; text: string } | { fault: string } {
  const most = 2n ** BigInt(bits - 1) - 1n;
  const fault = `Not a number of type ${type}`;
  if (!/^[+-]?\d{1,100}$/.test(text)) return { fault };
  const number = BigInt(text.replace('+', ''));
  if (number > most || number < -most - 1n) return { fault };
  return { value: Number(number), text: number.toString() };
}

export function readDouble(text: string): { value: number } | { fault: string } {
  const digits = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)[fd]?$/i.exec(text)?.[1];
  const value = digits === undefined ? Number.NaN : Number(digits);
  return Number.isFinite(value) ? { value } : { fault: 'Not a number of type DOUBLE' };
}

/** Java's Double.toString: `1.0`, `0.05`, `1.0E7`, `1.7976931348623157E308`. */
export function printDouble(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`;
}
