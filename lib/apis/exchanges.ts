/**
 * Every API of Kafka 4.4, whether this broker answers it or not: what decodes traffic that is only passed on or looked at.
 *
 * The declarations of what is not served are a file for each API, and are loaded when somebody first asks: a process that
 * only serves, or a test that imports the package, would pay some 25 ms for them at its start.
 */
import type { Exchange } from '../protocol/exchange';
import { apis } from './index';

let all: ReadonlyMap<number, Exchange> | null = null;

/**
 * The exchanges by API key, in the order of the keys; always the same map. Served ones are the objects of index.ts, perhaps
 * in fewer versions than Kafka has.
 */
export function exchanges(): ReadonlyMap<number, Exchange> {
  return (all ??= new Map([...apis, ...unservedApis()].sort((a, b) => a.key - b.key).map((each) => [each.key, each])));
}

function unservedApis(): readonly Exchange[] {
  const { unserved } = require('./unserved') as typeof import('./unserved');
  return unserved;
}
