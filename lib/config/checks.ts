/**
 * Rules of single values that several keys share. Called by Key.read with a value and the name of its key; each gives
 * what is wrong, or null. Pure.
 */
import { isIP } from 'node:net';
import { invalid } from './key';

/** Levels of gzip, or −1 for its own default. */
export function gzipLevel(level: number, name: string): string | null {
  if (level === -1 || (level >= 1 && level <= 9)) return null;
  return invalid(name, level, 'Value must be between 1 and 9 or equal to -1');
}

/** Codes of the codecs that a batch may be in. */
export function codec(code: number, name: string): string | null {
  if (code >= 0 && code <= 4) return null;
  return invalid(name, code, 'Value must be 0 (none), 1 (gzip), 2 (snappy), 3 (lz4) or 4 (zstd)');
}

/** Conversions between classic and consumer groups, in letters of either case. */
export function migrationPolicy(policy: string, name: string): string | null {
  const policies = ['DISABLED', 'DOWNGRADE', 'UPGRADE', 'BIDIRECTIONAL'];
  if (policies.includes(policy.toUpperCase())) return null;
  return invalid(name, policy, `String must be one of (case insensitive): ${policies.join(', ')}`);
}

/** `*`, or replicas as partition:broker. */
export function throttledReplicas(replicas: readonly string[], name: string): string | null {
  const all = replicas.length === 1 && replicas[0] === '*';
  if (all || replicas.every((replica) => /^\d+:\d+$/.test(replica))) return null;
  const form = '[partitionId]:[brokerId],[partitionId]:[brokerId],...';
  const allowed = `${name} must be the literal '*' or a list of replicas in the following format: ${form}`;
  return invalid(name, `[${replicas.join(', ')}]`, allowed);
}

/** Connection limits of single addresses: address:count, separated by commas. */
export function ipLimits(text: string, name: string): string | null {
  const wrong = entries(text).find((entry) => {
    const [address, count] = limitOf(entry);
    return isIP(address) === 0 || !/^\d{1,9}$/.test(count);
  });
  const allowed = 'Entries must be address:count, such as 127.0.0.1:5 or ::1:5';
  return wrong === undefined ? null : invalid(name, wrong, allowed);
}

/** What a text that `ipLimits` finds no fault with says, by address. */
export function readIpLimits(text: string): ReadonlyMap<string, number> {
  return new Map(
    entries(text)
      .map(limitOf)
      .map(([address, count]) => [address, Number(count)]),
  );
}

function entries(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function limitOf(entry: string): [address: string, count: string] {
  const colon = entry.lastIndexOf(':');
  return [entry.slice(0, Math.max(colon, 0)), entry.slice(colon + 1)];
}
