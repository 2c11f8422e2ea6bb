/**
 * Which events of a recording somebody wants: those of some connections, by their numbers or their ports, and what is of no
 * connection. Called by read-capture.ts; formats that can pass over the rest do so besides.
 */
import type { CaptureEvent } from './event';

export interface Wanted {
  /** Null: of all. */
  readonly connections: ReadonlySet<number> | null;
  /** Of either side; none: of any. */
  readonly ports: readonly number[];
}

/** To be asked for each event of one reading, in their order. */
export function wantedOf({ connections, ports }: Wanted): (event: CaptureEvent) => boolean {
  const ends = ports.map((port) => `:${port}`);
  /** Open ones that are at other ports. */
  const others = new Set<number>();
  return (event) => {
    const { connection } = event;
    if (connection === null) return true;
    if (connections !== null && !connections.has(connection)) return false;
    if (event.is === 'opened' && ends.length > 0) {
      const { client, server } = event;
      if (!ends.some((end) => client.endsWith(end) || server.endsWith(end))) others.add(connection);
    }
    return event.is === 'closed' ? !others.delete(connection) : !others.has(connection);
  };
}
