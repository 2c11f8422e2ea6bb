/**
 * Classic pcap (pcap-savefile(5)): a header of 24 bytes, then packets, each behind a header of 16.
 *
 * Both byte orders, micro- and nanoseconds. Behind a packet header that cannot be meant nothing more is read: nobody knows
 * where the next one begins.
 */
import { Carry } from '../carry';
import type { Packet, PacketReader, Unread } from './packet';

/** Larger ones are no packets: nothing captures more than 262144 bytes of one (MAXIMUM_SNAPLEN of libpcap). */
export const packetMaxBytes = 262_144;

const fileHeaderBytes = 24;
const packetHeaderBytes = 16;

interface Notation {
  readonly isLittle: boolean;
  /** Parts of a second that a packet's second number counts. */
  readonly perSecond: number;
}

const notations: Readonly<Record<string, Notation>> = {
  a1b2c3d4: { isLittle: false, perSecond: 1e6 },
  d4c3b2a1: { isLittle: true, perSecond: 1e6 },
  a1b23c4d: { isLittle: false, perSecond: 1e9 },
  '4d3cb2a1': { isLittle: true, perSecond: 1e9 },
};

/** What the header of the file says. */
export interface ClassicHeader extends Notation {
  readonly version: string;
  readonly linkType: number;
  readonly snapBytes: number;
}

/** Whether a file that begins with these four bytes is one. */
export function isClassic(head: Buffer): boolean {
  return notations[head.toString('hex', 0, 4)] !== undefined;
}

/** @param head at least 24 bytes; null for fewer */
export function classicHeader(head: Buffer): ClassicHeader | null {
  if (head.length < fileHeaderBytes) return null;
  const notation = notations[head.toString('hex', 0, 4)]!;
  const { isLittle } = notation;
  return {
    ...notation,
    version: `${u16(head, 4, isLittle)}.${u16(head, 6, isLittle)}`,
    snapBytes: u32(head, 16, isLittle),
    // The upper bits say how long a checksum of the link layer is.
    linkType: u32(head, 20, isLittle) & 0xffff,
  };
}

export class ClassicReader implements PacketReader {
  private readonly carry = new Carry();
  private header: ClassicHeader | null = null;
  /** What cannot be read, once there is something. */
  private broken: { bytes: number; readonly why: string } | null = null;

  *push(chunk: Buffer): Generator<Packet | Unread> {
    const { carry } = this;
    if (this.broken !== null) {
      this.broken.bytes += chunk.length;
      return;
    }
    carry.push(chunk);
    if (this.header === null) {
      this.header = classicHeader(carry.peek(fileHeaderBytes));
      if (this.header === null) return;
      carry.take(fileHeaderBytes);
    }
    const { isLittle, perSecond, linkType } = this.header;
    while (carry.length >= packetHeaderBytes) {
      const head = carry.peek(packetHeaderBytes);
      const size = u32(head, 8, isLittle);
      const part = u32(head, 4, isLittle);
      if (size > packetMaxBytes || part >= perSecond) {
        const what = size > packetMaxBytes ? `a packet of ${size} bytes` : `a time of ${part}/${perSecond} s`;
        this.broken = { bytes: carry.length, why: `${what} at byte ${carry.position}; nothing behind is read` };
        return;
      }
      if (carry.length < packetHeaderBytes + size) return;
      carry.take(packetHeaderBytes);
      const atMs = u32(head, 0, isLittle) * 1000 + (part * 1000) / perSecond;
      yield { is: 'packet', atMs, linkType, bytes: carry.take(size) };
    }
  }

  *end(): Generator<Packet | Unread> {
    const { carry } = this;
    if (this.broken !== null) return yield { is: 'unread', ...this.broken };
    if (carry.length === 0) return;
    const what = this.header === null ? 'header' : carry.length < packetHeaderBytes ? 'packet header' : 'packet';
    yield { is: 'unread', bytes: carry.length, why: `the file ends within the ${what} at byte ${carry.position}` };
  }
}

function u16(bytes: Buffer, at: number, isLittle: boolean): number {
  return isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
}

function u32(bytes: Buffer, at: number, isLittle: boolean): number {
  return isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}
