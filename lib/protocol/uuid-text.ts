/**
 * Uuids as Kafka prints them: 22 characters of base64url for 16 bytes. Called by Reader and Writer only.
 *
 * A broker reads the same few topic ids in every request, so reading remembers the strings it made. That is four times as
 * fast as encoding them anew, and maps that are keyed by such a string find its hash ready. The memory is a table of fixed
 * size in which a newcomer takes the place of whoever was there.
 */

const slots = 1024;
const knownWords = new Int32Array(slots * 4);
const knownTexts = new Array<string>(slots).fill('');

function word(bytes: Buffer, p: number): number {
  return (bytes[p]! << 24) | (bytes[p + 1]! << 16) | (bytes[p + 2]! << 8) | bytes[p + 3]!;
}

/** The uuid in the 16 bytes from `p`, which must be there. */
export function uuidText(bytes: Buffer, p: number): string {
  const a = word(bytes, p);
  const b = word(bytes, p + 4);
  const c = word(bytes, p + 8);
  const d = word(bytes, p + 12);
  const mixed = a ^ b ^ c ^ d;
  const slot = (mixed ^ (mixed >>> 10) ^ (mixed >>> 20)) & (slots - 1);
  const known = knownTexts[slot]!;
  const w = slot * 4;
  if (
    known !== '' &&
    knownWords[w] === a &&
    knownWords[w + 1] === b &&
    knownWords[w + 2] === c &&
    knownWords[w + 3] === d
  )
    return known;
  knownWords[w] = a;
  knownWords[w + 1] = b;
  knownWords[w + 2] = c;
  knownWords[w + 3] = d;
  return (knownTexts[slot] = bytes.toString('base64url', p, p + 16));
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Six bits by ASCII code; 64 for what is not in the alphabet. */
const sixBits = new Uint8Array(128).fill(64);
for (let i = 0; i < 64; i++) sixBits[alphabet.charCodeAt(i)] = i;

/** Puts the 16 bytes of a uuid at `p`, where there must be room; false if the text is not one. */
export function putUuid(text: string, to: Buffer, p: number): boolean {
  if (text.length !== 22) return false;
  let seen = 0;
  let codes = 0;
  const next = (i: number): number => {
    const code = text.charCodeAt(i);
    const bits = sixBits[code & 127]!;
    codes |= code;
    seen |= bits;
    return bits;
  };
  for (let i = 0, q = p; i < 20; i += 4, q += 3) {
    const bits = (next(i) << 18) | (next(i + 1) << 12) | (next(i + 2) << 6) | next(i + 3);
    to[q] = bits >> 16;
    to[q + 1] = bits >> 8;
    to[q + 2] = bits;
  }
  to[p + 15] = (next(20) << 2) | (next(21) >> 4);
  return seen < 64 && codes < 128;
}
