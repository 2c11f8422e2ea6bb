/**
 * What to tell a person about a key that nobody knows. Called for the warnings at the start and for the options of an
 * embedded broker; pure.
 */
import { brokerKeys } from './keys';

/** Keys of older Kafka that 4.0 has dropped; a name that ends in a dot stands for all that begin with it. */
const dropped: readonly string[] = [
  'broker.id.generation.enable',
  'control.plane.listener.name',
  'delegation.token.master.key',
  'inter.broker.protocol.version',
  'log.message.downconversion.enable',
  'log.message.format.version',
  'log.message.timestamp.difference.max.ms',
  'offsets.commit.required.acks',
  'password.encoder.',
  'reserved.broker.max.id',
  'zookeeper.',
];

/** `Kafka 4 has no such key any more`, `did you mean …?`, or null for nothing to say. */
export function hintFor(unknown: string): string | null {
  if (dropped.some((name) => (name.endsWith('.') ? unknown.startsWith(name) : unknown === name))) {
    return 'Kafka 4 has no such key any more';
  }
  const nearest = nearestOf(unknown, Object.keys(brokerKeys));
  return nearest === null ? null : `did you mean ${nearest}?`;
}

/** The name that was most likely meant, or null if none is near: a letter in four may be wrong, and at most three. */
export function nearestOf(unknown: string, names: readonly string[]): string | null {
  const most = Math.min(3, Math.floor(unknown.length / 4));
  let nearest: string | null = null;
  let least = most + 1;
  for (const name of names) {
    const edits = distance(unknown, name, least);
    if (edits < least) [nearest, least] = [name, edits];
  }
  return nearest;
}

/** Letters to add, drop or replace to make one text of the other (Levenshtein), or `enough` if it takes that many. */
function distance(from: string, to: string, enough: number): number {
  if (Math.abs(from.length - to.length) >= enough) return enough;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return Math.min(row[to.length]!, enough);
}
