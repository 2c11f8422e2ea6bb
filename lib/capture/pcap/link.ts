/**
 * Link layers: where in a packet IP begins. Pure.
 */

const ipv4 = 0x0800;
const ipv6 = 0x86dd;
/** VLAN tags: 802.1Q, 802.1ad, and what was used before it. */
const tags: readonly number[] = [0x8100, 0x88a8, 0x9100];

/** Link types by number, each with where its protocol number is, or where IP begins if it has none. */
const links: Readonly<Record<number, { readonly name: string; readonly protocolAt?: number; readonly ipAt: number }>> =
  {
    0: { name: 'BSD loopback', ipAt: 4 },
    1: { name: 'Ethernet', protocolAt: 12, ipAt: 14 },
    12: { name: 'raw IP', ipAt: 0 },
    14: { name: 'raw IP', ipAt: 0 },
    101: { name: 'raw IP', ipAt: 0 },
    108: { name: 'OpenBSD loopback', ipAt: 4 },
    113: { name: 'Linux cooked', protocolAt: 14, ipAt: 16 },
    228: { name: 'raw IPv4', ipAt: 0 },
    229: { name: 'raw IPv6', ipAt: 0 },
    276: { name: 'Linux cooked v2', protocolAt: 0, ipAt: 20 },
  };

/** Where IP begins; null for a packet of something else (ARP); a text where that cannot be told. */
export function ipIn(linkType: number, bytes: Buffer): number | string | null {
  const link = links[linkType];
  if (link === undefined) {
    const names = [...new Set(Object.values(links).map(({ name }) => name))];
    return `packets of link type ${linkType} cannot be read, only those of ${names.join(', ')}`;
  }
  const { name, protocolAt, ipAt } = link;
  if (bytes.length < ipAt) return `a packet that ends within its ${name} header`;
  if (protocolAt === undefined) return ipAt;
  let protocol = bytes.readUInt16BE(protocolAt);
  let at = ipAt;
  for (; tags.includes(protocol); at += 4) {
    if (bytes.length < at + 4) return 'a packet that ends within its VLAN tag';
    protocol = bytes.readUInt16BE(at + 2);
  }
  return protocol === ipv4 || protocol === ipv6 ? at : null;
}
