/**
 * The records that every client writes and reads: what a key, a value or a header can be, at its corners.
 *
 * `samples()` gives fresh lists, so a spec may cut them; what a client has no way to write it says itself (`writes`).
 */
import { createHash } from 'node:crypto';
import type { Rec } from './client';

const bytes = (text: string) => Buffer.from(text);
const everyByte = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

export function samples(): Rec[] {
  return [
    { key: bytes('key'), value: bytes('value'), headers: [] },
    { key: null, value: bytes('no key'), headers: [] },
    { key: bytes('tombstone'), value: null, headers: [] },
    { key: null, value: null, headers: [] },
    { key: bytes(''), value: bytes(''), headers: [] },
    { key: everyByte, value: everyByte, headers: [] },
    { key: bytes('ключ'), value: bytes('값 ☃ 𝄞'), headers: [['názov', bytes('hodnota')]] },
    { key: bytes('one'), value: bytes('header'), headers: [['trace', bytes('4bf92f35')]] },
    {
      key: bytes('many'),
      value: bytes('headers'),
      headers: [
        ['empty', bytes('')],
        ['bytes', everyByte],
      ],
    },
    { key: bytes('null'), value: bytes('header'), headers: [['null', null]] },
    {
      key: bytes('same'),
      value: bytes('name'),
      headers: [
        ['n', bytes('1')],
        ['n', bytes('2')],
      ],
    },
    { key: bytes('repeats'), value: Buffer.alloc(100_000, 'abcdefghij'), headers: [] },
    { key: bytes('noise'), value: noise(150_000), headers: [] },
  ];
}

/** Printable, the same every time, and too irregular to shrink to one block of any codec. */
function noise(length: number): Buffer {
  let text = '';
  for (let i = 0; text.length < length; i++) text += createHash('sha256').update(String(i)).digest('base64');
  return Buffer.from(text.slice(0, length));
}
