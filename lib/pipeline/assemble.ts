/**
 * Puts one connection's pipeline together from the core stages and the users' taps at the seams between them.
 */
import type { Duplex } from 'node:stream';
import { Chain } from './chain';
import type { LiveConnection } from './connection';
import { outlet } from './outlet';
import type { Call, Frame, Reply, Request, Seams, Stage, Taps } from './seams';

/** The five stages that make a broker of a socket. */
export interface Core {
  readonly framer: Stage<Buffer, Frame>;
  readonly decoder: Stage<Frame, Request | Reply>;
  readonly router: Stage<Request | Reply, Call | Reply>;
  readonly handler: Stage<Call | Reply, Reply>;
  readonly encoder: Stage<Reply, Buffer>;
}

/** Every stage of a connection in the order of the flow. */
export function stagesOf(core: Core, taps: Taps): Stage<never, unknown>[] {
  const at = (seam: keyof Seams) => (taps[seam] ?? []) as readonly Stage<never, unknown>[];
  return [
    ...at('inbound'),
    core.framer,
    ...at('frames'),
    core.decoder,
    ...at('requests'),
    core.router,
    ...at('calls'),
    core.handler,
    ...at('replies'),
    core.encoder,
    ...at('outbound'),
  ] as Stage<never, unknown>[];
}

/** A connection that runs. */
export interface Assembled {
  /** Stops reading and closes once everything asked so far is answered. */
  endGently(): void;
  /** Puts a stage in before one that is there; it sees what comes from now on. Returns how to take it out. */
  insert(stage: Stage<never, unknown>, before: Stage<never, unknown>): () => void;
}

/**
 * Runs a connection over any duplex stream. `ended` is called once, when it is over: with the error that ended it, or null
 * if nobody is to blame.
 */
export function assemble(
  socket: Duplex,
  connection: LiveConnection,
  stages: readonly Stage<never, unknown>[],
  ended: (error: Error | null) => void,
): Assembled {
  const streams: Duplex[] = [];
  const streamOf = new Map<Stage<never, unknown>, Duplex>();
  for (const stage of stages) {
    const before = streams.at(-1);
    if (before !== undefined && (stage.rides?.(connection, before) ?? null) !== null) continue;
    const stream = stage(connection);
    streams.push(stream);
    streamOf.set(stage, stream);
  }
  const first = streams[0]!;
  let lost: Error | null = null;
  let isEnding = false;
  const chain = new Chain(streams, outlet(connection, socket), (error) => {
    socket.destroy();
    connection.close();
    ended(isEnding ? null : (connection.hangup ?? lost ?? error));
  });
  // The socket stays outside the pipeline: its two directions end at different times, and the broker may stop reading it.
  socket.pipe(first);
  socket.once('end', () => connection.wake());
  socket.once('error', (error) => (lost = error));
  socket.once('close', () => chain.destroy());
  return {
    endGently() {
      if (isEnding) return;
      isEnding = true;
      connection.wake();
      socket.unpipe(first);
      first.end();
    },
    insert(stage, before) {
      const behind = streamOf.get(before)!;
      const left = chain.before(behind);
      // Only on a stream that stays: others may be taken out again.
      const getOff = left !== null && streams.includes(left) ? (stage.rides?.(connection, left) ?? null) : null;
      return getOff ?? chain.insert(stage(connection), behind);
    },
  };
}
