/**
 * The circumstances of what is asked from inside the broker: no client, no connection, nobody who could go away.
 */
import type { Scope } from '../protocol/scope';

const { signal } = new AbortController();

/** @param version of the request */
export function insideScope(version: number): Scope {
  const connection = { id: 0, listener: '', remoteAddress: '', principal: 'User:ANONYMOUS', signal };
  return { version, clientId: null, connection, signal };
}
