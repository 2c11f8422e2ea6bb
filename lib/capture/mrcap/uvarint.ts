/**
 * Kafka's unsigned varint, put down in memory that has room for it: what frames and their parts are full of.
 */
const two31 = 2 ** 31;

/**
 * @param value up to 2^54, which is an even number behind 2^53
 * @returns where the next byte goes
 */
export function putUvarint(into: Buffer, start: number, value: number): number {
  let at = start;
  let left = value;
  for (; left >= 0x80; left = left < two31 ? left >>> 7 : Math.floor(left / 0x80)) into[at++] = (left & 0x7f) | 0x80;
  into[at++] = left;
  return at;
}
