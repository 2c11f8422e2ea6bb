/**
 * Which protocol (a client-side assignor, such as `range`) a classic group uses: one that all its members have, and of
 * those the one with the most votes. Pure; called by classic-join.ts and classic-rebalance.ts.
 *
 * Names come from clients, and one client may send very many or very long ones: they are compared by `mapKey`, and the
 * names of a member are gathered once.
 */
import { mapKey } from '../../map-key';
import type { ClassicGroup, ClassicMember } from './classic-group';
import type { ClassicProtocol } from './requests';

type Protocols = readonly ClassicProtocol[];

/** Lists never change, so what was gathered of one stays true. */
const gathered = new WeakMap<Protocols, ReadonlyMap<string, ClassicProtocol>>();

function byKey(protocols: Protocols): ReadonlyMap<string, ClassicProtocol> {
  let found = gathered.get(protocols);
  if (found === undefined) {
    found = new Map(protocols.map((protocol) => [mapKey(protocol.name), protocol]));
    gathered.set(protocols, found);
  }
  return found;
}

/** The protocols as a member keeps them: each name once, and bytes of their own rather than slices of a frame. */
export function keptProtocols(protocols: Protocols): Protocols {
  const kept = new Map<string, ClassicProtocol>();
  for (const { name, metadata } of protocols) {
    const key = mapKey(name);
    if (!kept.has(key)) kept.set(key, { name, metadata: Buffer.from(metadata) });
  }
  return [...kept.values()];
}

/** Whether a member sends the same protocols, in the same order and with the same metadata, as before. */
export function sameProtocols(some: Protocols, others: Protocols): boolean {
  if (some.length !== others.length) return false;
  return some.every(({ name, metadata }, index) => {
    const other = others[index]!;
    return name === other.name && metadata.equals(other.metadata);
  });
}

/** What the member says under a protocol; null if it does not have it. */
export function metadataOf({ protocols }: ClassicMember, protocolName: string | null): Buffer | null {
  if (protocolName === null) return null;
  return byKey(protocols).get(mapKey(protocolName))?.metadata ?? null;
}

/** Whether somebody with these protocols can be in the group: all members have at least one of them. */
export function fits(group: ClassicGroup, protocolType: string, protocols: Protocols): boolean {
  if (group.state === 'Empty') return protocolType !== '' && protocols.length > 0;
  if (protocolType !== group.protocolType) return false;
  const members = [...group.members.values()];
  return protocols.some(({ name }) => haveAll(members, mapKey(name)));
}

function haveAll(members: readonly ClassicMember[], key: string): boolean {
  return members.every(({ protocols }) => byKey(protocols).has(key));
}

/** The protocol that the members vote for: each for the first of its own that all have. Null if they share none. */
export function chosenProtocol(group: ClassicGroup): string | null {
  const members = [...group.members.values()];
  const candidates = candidatesOf(members);
  const votes = new Map<string, number>();
  for (const { protocols } of members) {
    const favourite = protocols.find(({ name }) => candidates.has(mapKey(name)));
    if (favourite !== undefined) votes.set(favourite.name, (votes.get(favourite.name) ?? 0) + 1);
  }
  let chosen: string | null = null;
  for (const [name, count] of votes) if (chosen === null || count > votes.get(chosen)!) chosen = name;
  return chosen;
}

/** Keys of the protocols that all members have; looks only at those of the member with the fewest. */
function candidatesOf(members: readonly ClassicMember[]): ReadonlySet<string> {
  const [first, ...others] = members;
  if (first === undefined) return new Set();
  const fewest = others.reduce((a, b) => (b.protocols.length < a.protocols.length ? b : a), first);
  return new Set([...byKey(fewest.protocols).keys()].filter((key) => haveAll(members, key)));
}
