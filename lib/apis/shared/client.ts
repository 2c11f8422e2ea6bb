/**
 * Who sends a request, as groups keep it of their members.
 */
import type { Client } from '../../coordinators/groups/requests';
import type { Scope } from '../../protocol/scope';

/** A client without a name has an empty one. */
export function clientOf({ clientId, connection }: Scope): Client {
  return { clientId: clientId ?? '', clientHost: `/${connection.remoteAddress}` };
}
