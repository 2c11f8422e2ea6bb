/**
 * Carriers: streams that tell what they give to whoever only looks (onlooker.ts). All that `stage()` makes are.
 */
import type { Duplex } from 'node:stream';
import type { Hangup } from '../errors';

export interface Carrier {
  /** Each is called with every item before it is given. */
  readonly watchers: ((item: unknown) => void)[];
  /** Ends the connection behind what was given so far. */
  hangUp(reason: Hangup): void;
}

const carriers = new WeakMap<Duplex, Carrier>();

export function setCarrier(stream: Duplex, carrier: Carrier): void {
  carriers.set(stream, carrier);
}

/** Undefined for a stream that tells nobody. */
export function carrierOf(stream: Duplex): Carrier | undefined {
  return carriers.get(stream);
}
