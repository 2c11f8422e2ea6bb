/**
 * Packets and capture files made by hand: what tcpdump would have written of a conversation, and of any broken one.
 */

export interface Port {
  /** IPv4 or IPv6, the latter as 8 groups. */
  readonly address: string;
  readonly port: number;
}

export const client: Port = { address: '10.0.0.1', port: 50_000 };
export const broker: Port = { address: '10.0.0.2', port: 9092 };
export const client6: Port = { address: 'fd00:0:0:0:0:0:0:1', port: 50_000 };
export const broker6: Port = { address: 'fd00:0:0:0:0:0:0:2', port: 9092 };

export interface TcpOptions {
  readonly from?: Port;
  readonly to?: Port;
  readonly seq?: number;
  /** Absent: acknowledges nothing. */
  readonly ack?: number;
  /** Of S, F, R. */
  readonly flags?: string;
  readonly payload?: Buffer;
}

/** A TCP segment without IP. */
export function tcp({ from = client, to = broker, seq = 0, ack, flags = '', payload }: TcpOptions): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt16BE(from.port, 0);
  head.writeUInt16BE(to.port, 2);
  head.writeUInt32BE(seq >>> 0, 4);
  head.writeUInt32BE((ack ?? 0) >>> 0, 8);
  head[12] = 5 << 4;
  const bits: Record<string, number> = { F: 1, S: 2, R: 4 };
  head[13] = [...flags].reduce((sum, flag) => sum | bits[flag]!, ack === undefined ? 0 : 0x10);
  return Buffer.concat([head, payload ?? Buffer.alloc(0)]);
}

export function ipv4(body: Buffer, from: Port = client, to: Port = broker, protocol = 6): Buffer {
  const head = Buffer.alloc(20);
  head[0] = 0x45;
  head.writeUInt16BE(20 + body.length, 2);
  head[9] = protocol;
  for (const [i, { address }] of [from, to].entries())
    Buffer.from(address.split('.').map(Number)).copy(head, 12 + 4 * i);
  return Buffer.concat([head, body]);
}

/** @param extensions headers before TCP, each with the number that names it */
export function ipv6(body: Buffer, from = client6, to = broker6, extensions: readonly [number, Buffer][] = []): Buffer {
  const head = Buffer.alloc(40);
  head[0] = 0x60;
  const numbers = [...extensions.map(([number]) => number), 6];
  const rest = extensions.map(([, bytes], i) => Buffer.concat([Buffer.from([numbers[i + 1]!]), bytes.subarray(1)]));
  head.writeUInt16BE(Buffer.concat(rest).length + body.length, 4);
  head[6] = numbers[0]!;
  for (const [i, { address }] of [from, to].entries())
    for (const [k, group] of address.split(':').entries())
      head.writeUInt16BE(Number.parseInt(group, 16), 8 + 16 * i + 2 * k);
  return Buffer.concat([head, ...rest, body]);
}

export function ethernet(ip: Buffer, tags: readonly number[] = []): Buffer {
  const types = [...tags, ip[0]! >> 4 === 6 ? 0x86dd : 0x0800];
  const words = types.flatMap((type, i) => (i === 0 ? [type] : [7, type]));
  const tail = Buffer.alloc(2 * words.length);
  for (const [i, word] of words.entries()) tail.writeUInt16BE(word, 2 * i);
  return Buffer.concat([Buffer.alloc(12, 2), tail, ip]);
}

/** A packet of a conversation over Ethernet and IPv4. */
export function packet(options: TcpOptions): Buffer {
  return ethernet(ipv4(tcp(options), options.from, options.to));
}

export interface FileOptions {
  readonly isBig?: boolean;
  readonly isNano?: boolean;
  readonly linkType?: number;
  /** What is written of each packet at most. */
  readonly snapBytes?: number;
}

const firstSecond = 1_700_000_000;
/** Time of the i-th packet. */
export const timeOf = (i: number): number => firstSecond * 1000 + i;

function u32(value: number, isBig: boolean): Buffer {
  const bytes = Buffer.alloc(4);
  if (isBig) bytes.writeUInt32BE(value >>> 0);
  else bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function u16(value: number, isBig: boolean): Buffer {
  return isBig ? Buffer.from([value >> 8, value & 0xff]) : Buffer.from([value & 0xff, value >> 8]);
}

/** A classic pcap file, in which a packet comes each millisecond. */
export function pcap(packets: readonly Buffer[], options: FileOptions = {}): Buffer {
  const { isBig = false, isNano = false, linkType = 1, snapBytes = 262_144 } = options;
  const word = (value: number) => u32(value, isBig);
  const head = [
    word(isNano ? 0xa1b23c4d : 0xa1b2c3d4),
    u16(2, isBig),
    u16(4, isBig),
    word(0),
    word(0),
    word(snapBytes),
  ];
  const body = packets.flatMap((bytes, i) => {
    const part = (i % 1000) * (isNano ? 1e6 : 1e3);
    const kept = bytes.subarray(0, snapBytes);
    return [word(firstSecond + Math.floor(i / 1000)), word(part), word(kept.length), word(bytes.length), kept];
  });
  return Buffer.concat([...head, word(linkType), ...body]);
}

/** A block of pcapng. */
export function block(type: number, body: Buffer, isBig = false): Buffer {
  const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
  return Buffer.concat([u32(type, isBig), u32(padded.length + 12, isBig), padded, u32(padded.length + 12, isBig)]);
}

export function section(isBig = false): Buffer {
  const body = [u32(0x1a2b3c4d, isBig), u16(1, isBig), u16(0, isBig), u32(-1, isBig), u32(-1, isBig)];
  return block(0x0a0d0d0a, Buffer.concat(body), isBig);
}

/** @param options bytes of the interface's options */
export function netInterface(
  linkType: number,
  { options = Buffer.alloc(0), snapBytes = 0, isBig = false } = {},
): Buffer {
  return block(1, Buffer.concat([u16(linkType, isBig), u16(0, isBig), u32(snapBytes, isBig), options]), isBig);
}

/** @param units time since 1970 in the interface's own units */
export function enhanced(bytes: Buffer, units: bigint, id = 0, isBig = false): Buffer {
  const head = [id, Number(units >> 32n), Number(units & 0xffffffffn), bytes.length, bytes.length];
  return block(6, Buffer.concat([...head.map((value) => u32(value, isBig)), bytes]), isBig);
}

export function simple(bytes: Buffer, isBig = false): Buffer {
  return block(3, Buffer.concat([u32(bytes.length, isBig), bytes]), isBig);
}

/** A request of Kafka's with its length: ApiVersions v0 unless told otherwise, whose body is empty. */
export function request(
  correlationId: number,
  { key = 18, version = 0, clientId = 'app', body = Buffer.alloc(0) } = {},
): Buffer {
  const head = Buffer.alloc(10);
  head.writeInt16BE(key, 0);
  head.writeInt16BE(version, 2);
  head.writeInt32BE(correlationId, 4);
  head.writeInt16BE(clientId.length, 8);
  return framed(Buffer.concat([head, Buffer.from(clientId), body]));
}

/** An answer with its length. */
export function answer(correlationId: number, body: Buffer = Buffer.from('answer')): Buffer {
  return framed(Buffer.concat([u32(correlationId, true), body]));
}

function framed(bytes: Buffer): Buffer {
  return Buffer.concat([u32(bytes.length, true), bytes]);
}
