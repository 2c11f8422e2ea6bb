/**
 * Configuration keys as Apache Kafka declares them, to hold ours against. The fixtures were read from the definitions of
 * Kafka 4.3.1; 4.4 only adds to them.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Key, Keys } from '../../lib/config/key';

export interface KafkaKey {
  readonly type: string;
  readonly fallback: string;
  /** Such as `[1,...]` or `[1,...,9]`; empty for any other rule or none. */
  readonly range: string;
  readonly update: string;
  readonly internal: boolean;
}

/** Kafka's keys of a resource, by name. */
export function kafkaKeys(resource: 'broker' | 'topic' | 'group'): ReadonlyMap<string, KafkaKey> {
  const file = resolve(__dirname, `../fixtures/config/${resource}-keys-4.3.1.tsv`);
  const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  return new Map(
    lines.map((line) => {
      const [name = '', type = '', fallback = '', range = '', update = '', internal = ''] = line.split('\t');
      return [name, { type, fallback, range, update, internal: internal !== '' }];
    }),
  );
}

/** In what each of our keys differs from Kafka's key of that name, as `name: what`. */
export function differences(ours: Keys, kafka: ReadonlyMap<string, KafkaKey>): string[] {
  return Object.entries(ours).flatMap(([name, key]) => {
    const theirs = kafka.get(name);
    return (theirs === undefined ? ['is new'] : differing(key, theirs)).map((what) => `${name}: ${what}`);
  });
}

function differing(key: Key<unknown>, kafka: KafkaKey): string[] {
  const found: string[] = [];
  const compare = (what: string, ours: unknown, theirs: unknown) => {
    if (ours !== theirs) found.push(`${what} ${ours}, not ${theirs}`);
  };
  compare('type', key.type, kafka.type);
  compare('default', key.print(key.fallback) ?? 'null', kafka.fallback);
  compare('hidden', key.hidden, kafka.internal);
  compare('update', key.update, kafka.update);
  const [, least, most] = /^\[(-?[\d.]+),\.\.\.(?:,(-?[\d.]+))?\]$/.exec(kafka.range) ?? [];
  const takes = (value: number) => 'value' in key.read(String(value));
  for (const [end, beyond] of [
    [least, -1],
    [most, 1],
  ] as const) {
    if (end === undefined) continue;
    compare(`takes ${end}`, takes(Number(end)), true);
    compare(`takes what is beyond ${end}`, takes(Number(end) + beyond), false);
  }
  return found;
}
