/**
 * pcapng (draft-ietf-opsawg-pcapng): blocks of a type, a length, a body and the length again.
 *
 * Sections in either byte order, several interfaces with their own link types and clocks (if_tsresol, if_tsoffset),
 * enhanced, simple and obsolete packet blocks. Other blocks (names, statistics, secrets) are passed over. Behind a length
 * that cannot be meant nothing more is read.
 *
 * Not done: secrets that decrypt TLS; a simple packet has no time and takes that of the packet before.
 */
import { Carry } from '../carry';
import { packetMaxBytes } from './classic';
import type { Packet, PacketReader, Unread } from './packet';

const sectionType = 0x0a0d0d0a;
const interfaceType = 1;
const obsoletePacketType = 2;
const simplePacketType = 3;
const enhancedPacketType = 6;
/** What is read as a whole; a packet with its options at most. */
const blockMaxBytes = packetMaxBytes + 65_536;
/** A section's begin: type, length, byte-order magic, version, length of the section. */
const sectionMinBytes = 28;
const byteOrderMagic = 0x1a2b3c4d;
const resolutionOption = 9;
const offsetOption = 14;

interface Interface {
  readonly linkType: number;
  readonly snapBytes: number;
  readonly unitsPerSecond: number;
  readonly offsetSeconds: number;
}

/** Whether a file that begins with these four bytes is one. */
export function isNextGeneration(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE(0) === sectionType;
}

/** The version of the format, such as `1.0`; null for a head that is none. */
export function nextGenerationVersion(head: Buffer): string | null {
  const isLittle = orderOf(head);
  if (isLittle === null || head.length < 16) return null;
  return `${u16(head, 12, isLittle)}.${u16(head, 14, isLittle)}`;
}

/** Whether a section is little-endian; null if it is none. */
function orderOf(head: Buffer): boolean | null {
  if (head.length < 12) return null;
  if (head.readUInt32LE(8) === byteOrderMagic) return true;
  return head.readUInt32BE(8) === byteOrderMagic ? false : null;
}

export class NextGenerationReader implements PacketReader {
  private readonly carry = new Carry();
  private isLittle = true;
  private interfaces: Interface[] = [];
  private lastMs = 0;
  /** What cannot be read, once there is something. */
  private broken: { bytes: number; readonly why: string } | null = null;

  *push(chunk: Buffer): Generator<Packet | Unread> {
    const { carry } = this;
    if (this.broken !== null) {
      this.broken.bytes += chunk.length;
      return;
    }
    carry.push(chunk);
    while (carry.length >= 12) {
      const head = carry.peek(sectionMinBytes);
      const isSection = isNextGeneration(head);
      const order = isSection ? orderOf(head) : this.isLittle;
      if (order === null) return this.breakOff('a section without a byte order');
      this.isLittle = order;
      const type = u32(head, 0, order);
      const size = u32(head, 4, order);
      if (size < 12 || size % 4 !== 0 || (isSection && size < sectionMinBytes))
        return this.breakOff(`a block of ${size} bytes`);
      const isPacket = [obsoletePacketType, simplePacketType, enhancedPacketType].includes(type);
      if (size > blockMaxBytes && (isPacket || type === interfaceType))
        return this.breakOff(`a block of ${size} bytes, ${blockMaxBytes} are allowed`);
      if (isSection) this.interfaces = [];
      if (!isPacket && type !== interfaceType) {
        carry.skip(size);
        continue;
      }
      if (carry.length < size) return;
      const at = carry.position;
      const block = carry.take(size);
      if (u32(block, size - 4, order) !== size)
        return this.breakOff(`a block of ${size} bytes that ends with ${u32(block, size - 4, order)}`, at);
      const body = block.subarray(8, size - 4);
      if (type === interfaceType) this.interfaces.push(this.interfaceOf(body));
      else yield this.packetOf(type, body, at);
    }
  }

  *end(): Generator<Packet | Unread> {
    const { carry } = this;
    if (this.broken !== null) return yield { is: 'unread', ...this.broken };
    const why =
      carry.missing > 0 ? 'the file ends within a block' : `the file ends within the block at byte ${carry.position}`;
    if (carry.length + carry.missing > 0) yield { is: 'unread', bytes: carry.length, why };
  }

  private breakOff(what: string, at = this.carry.position): void {
    const bytes = this.carry.length + this.carry.position - at;
    this.broken = { bytes, why: `${what} at byte ${at}; nothing behind is read` };
  }

  private interfaceOf(body: Buffer): Interface {
    const { isLittle } = this;
    let unitsPerSecond = 1e6;
    let offsetSeconds = 0;
    if (body.length < 8) return { linkType: -1, snapBytes: 0, unitsPerSecond, offsetSeconds };
    for (let at = 8; at + 4 <= body.length; ) {
      const code = u16(body, at, isLittle);
      const size = u16(body, at + 2, isLittle);
      const value = body.subarray(at + 4, at + 4 + size);
      if (code === 0) break;
      if (code === resolutionOption && value.length === 1) unitsPerSecond = unitsOf(value[0]!);
      if (code === offsetOption && value.length === 8)
        offsetSeconds = Number(isLittle ? value.readBigInt64LE(0) : value.readBigInt64BE(0));
      at += 4 + Math.ceil(size / 4) * 4;
    }
    return { linkType: u16(body, 0, isLittle), snapBytes: u32(body, 4, isLittle), unitsPerSecond, offsetSeconds };
  }

  private packetOf(type: number, body: Buffer, at: number): Packet | Unread {
    const { isLittle } = this;
    const isSimple = type === simplePacketType;
    const headBytes = isSimple ? 4 : 20;
    const unread = (why: string): Unread => ({
      is: 'unread',
      bytes: body.length,
      why: `${why} in the block at byte ${at}`,
    });
    if (body.length < headBytes) return unread(`a packet of ${body.length} bytes`);
    const id = isSimple ? 0 : type === enhancedPacketType ? u32(body, 0, isLittle) : u16(body, 0, isLittle);
    const from = this.interfaces[id];
    if (from === undefined) return unread(`a packet of interface ${id}, there are ${this.interfaces.length}`);
    let size: number;
    if (isSimple) size = Math.min(u32(body, 0, isLittle), from.snapBytes || Number.POSITIVE_INFINITY, body.length - 4);
    else {
      const units = u32(body, 4, isLittle) * 2 ** 32 + u32(body, 8, isLittle);
      // Whole seconds first: units since 1970 are more than a number holds exactly.
      const seconds = Math.floor(units / from.unitsPerSecond);
      const rest = units - seconds * from.unitsPerSecond;
      this.lastMs = (from.offsetSeconds + seconds) * 1000 + (rest * 1000) / from.unitsPerSecond;
      size = u32(body, 12, isLittle);
    }
    if (size > body.length - headBytes) return unread(`a packet of ${size} bytes`);
    const bytes = body.subarray(headBytes, headBytes + size);
    return { is: 'packet', atMs: this.lastMs, linkType: from.linkType, bytes };
  }
}

/** The lowest bit of what `if_tsresol` says chooses between powers of ten and, where the highest is set, of two. */
function unitsOf(resolution: number): number {
  return (resolution & 0x80) === 0 ? 10 ** resolution : 2 ** (resolution & 0x7f);
}

function u16(bytes: Buffer, at: number, isLittle: boolean): number {
  return isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
}

function u32(bytes: Buffer, at: number, isLittle: boolean): number {
  return isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}
