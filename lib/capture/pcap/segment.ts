/**
 * Segments: what a packet says of TCP, through IPv4 or IPv6. Pure.
 *
 * Checksums are not looked at: network cards work them out, so that captures of the sending side have wrong ones.
 *
 * Not done: fragments of IP are told of and not put together; tunnels are passed over.
 */

/** One packet of TCP. */
export interface Segment {
  readonly atMs: number;
  /** Addresses and ports of its connection, seen from the sender: the same for all it sends, and short. */
  readonly key: string;
  readonly sequence: number;
  /** Null where it acknowledges nothing. */
  readonly acknowledged: number | null;
  readonly isSyn: boolean;
  readonly isFin: boolean;
  readonly isReset: boolean;
  /** What was captured of what it carries. */
  readonly payload: Buffer;
  /** How much it carries beyond that. */
  readonly cutBytes: number;
}

/** The bytes of IP in a packet: where each header is. */
interface Network {
  readonly isV6: boolean;
  readonly ipAt: number;
  readonly tcpAt: number;
  /** Where it ends by its own account, which may be behind what was captured. */
  readonly end: number;
}

const tcp = 6;
const tcpMinBytes = 20;
const ipv4MinBytes = 20;
const ipv6Bytes = 40;
/** IPv6 headers that may stand before TCP and say their length in units of eight bytes. */
const passedOver: readonly number[] = [0, 43, 60, 135, 139, 140];
const fragmentHeader = 44;
const authenticationHeader = 51;
const fragmentText = 'a fragment of an IP packet; fragments are not put together';

/**
 * @param ipAt where IP begins
 * @returns null for what is no TCP; a text for what cannot be read
 */
export function segmentIn(bytes: Buffer, ipAt: number, atMs: number): Segment | string | null {
  const network = networkIn(bytes, ipAt);
  if (network === null || typeof network === 'string') return network;
  const { tcpAt, end } = network;
  if (bytes.length < tcpAt + tcpMinBytes) return 'a packet that ends within its TCP header';
  const payloadAt = tcpAt + (bytes[tcpAt + 12]! >> 4) * 4;
  if (payloadAt < tcpAt + tcpMinBytes || payloadAt > end) return `a TCP header of ${payloadAt - tcpAt} bytes`;
  const flags = bytes[tcpAt + 13]!;
  const capturedEnd = Math.min(end, bytes.length);
  return {
    atMs,
    key: keyOf(bytes, network),
    sequence: bytes.readUInt32BE(tcpAt + 4),
    acknowledged: (flags & 0x10) === 0 ? null : bytes.readUInt32BE(tcpAt + 8),
    isSyn: (flags & 0x02) !== 0,
    isFin: (flags & 0x01) !== 0,
    isReset: (flags & 0x04) !== 0,
    payload: bytes.subarray(Math.min(payloadAt, capturedEnd), capturedEnd),
    cutBytes: end - Math.max(payloadAt, capturedEnd),
  };
}

function networkIn(bytes: Buffer, ipAt: number): Network | string | null {
  const version = (bytes[ipAt] ?? 0) >> 4;
  if (version === 4) return ipv4In(bytes, ipAt);
  if (version === 6) return ipv6In(bytes, ipAt);
  return bytes.length <= ipAt ? 'a packet without anything in it' : `IP of version ${version}`;
}

function ipv4In(bytes: Buffer, ipAt: number): Network | string | null {
  if (bytes.length < ipAt + ipv4MinBytes) return 'a packet that ends within its IPv4 header';
  if (bytes[ipAt + 9] !== tcp) return null;
  // Either more fragments come, or this one does not begin at 0.
  if ((bytes.readUInt16BE(ipAt + 6) & 0x3fff) !== 0) return fragmentText;
  const headerBytes = (bytes[ipAt]! & 0x0f) * 4;
  if (headerBytes < ipv4MinBytes) return `an IPv4 header of ${headerBytes} bytes`;
  // A card that cuts large packets itself is handed some without a length.
  const total = bytes.readUInt16BE(ipAt + 2);
  return { isV6: false, ipAt, tcpAt: ipAt + headerBytes, end: total === 0 ? bytes.length : ipAt + total };
}

function ipv6In(bytes: Buffer, ipAt: number): Network | string | null {
  if (bytes.length < ipAt + ipv6Bytes) return 'a packet that ends within its IPv6 header';
  const total = bytes.readUInt16BE(ipAt + 4);
  const end = total === 0 ? bytes.length : ipAt + ipv6Bytes + total;
  let next = bytes[ipAt + 6]!;
  let at = ipAt + ipv6Bytes;
  while (next !== tcp) {
    const isFragment = next === fragmentHeader;
    const isAuthentication = next === authenticationHeader;
    if (!isFragment && !isAuthentication && !passedOver.includes(next)) return null;
    if (bytes.length < at + 8) return 'a packet that ends within its IPv6 headers';
    if (isFragment && (bytes.readUInt16BE(at + 2) & 0xfff9) !== 0) return bytes[at] === tcp ? fragmentText : null;
    next = bytes[at]!;
    at += isFragment ? 8 : isAuthentication ? (bytes[at + 1]! + 2) * 4 : (bytes[at + 1]! + 1) * 8;
  }
  return { isV6: true, ipAt, tcpAt: at, end };
}

function keyOf(bytes: Buffer, { isV6, ipAt, tcpAt }: Network): string {
  const addresses = isV6
    ? bytes.toString('latin1', ipAt + 8, ipAt + 40)
    : bytes.toString('latin1', ipAt + 12, ipAt + 20);
  return addresses + bytes.toString('latin1', tcpAt, tcpAt + 4);
}

/** The key of what the other side sends. */
export function reverseOf(key: string): string {
  const half = (key.length - 4) / 2;
  return key.slice(half, 2 * half) + key.slice(0, half) + key.slice(-2) + key.slice(-4, -2);
}

/** The sender of a key as people write it: `127.0.0.1:9092`, `[::1]:9092`. */
export function senderOf(key: string): string {
  const bytes = Buffer.from(key, 'latin1');
  const size = (bytes.length - 4) / 2;
  const port = senderPortOf(key);
  if (size === 4) return `${bytes.subarray(0, 4).join('.')}:${port}`;
  return `[${ipv6Text(bytes.subarray(0, 16))}]:${port}`;
}

export function senderPortOf(key: string): number {
  const at = key.length - 4;
  return key.charCodeAt(at) * 256 + key.charCodeAt(at + 1);
}

/** As RFC 5952 has it: the first of the longest runs of zeros is left out. */
function ipv6Text(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  const runs = groups
    .map((_, i) => groups.slice(i).findIndex((group) => group !== '0'))
    .map((n, i) => (n < 0 ? 8 - i : n));
  const longest = Math.max(...runs);
  if (longest < 2) return groups.join(':');
  const from = runs.indexOf(longest);
  return `${groups.slice(0, from).join(':')}::${groups.slice(from + longest).join(':')}`;
}
