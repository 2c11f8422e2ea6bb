/**
 * The stages that record: at the seam `frames` what clients say, at `outbound` what they hear. For capture.ts and watch.ts.
 *
 * What always holds: nothing that flows through is changed, and nothing is held back unless that is wanted.
 */
import type { LiveConnection } from '../pipeline/connection';
import { onlooker } from '../pipeline/onlooker';
import type { Frame, Taps } from '../pipeline/seams';
import type { Sink } from './sink';

/**
 * Taps for one recording, of as many connections as come.
 * @param now gives ms since 1970, as finely as they are to be recorded
 * @param waits whether traffic is held up while there is no room
 */
export function recordingTaps(sink: Sink, now: () => number, waits: boolean): Taps {
  const heard = new WeakMap<LiveConnection, Heard>();
  let lastId = 0;
  const heardOf = (connection: LiveConnection): Heard => {
    let one = heard.get(connection);
    if (one === undefined) heard.set(connection, (one = new Heard(++lastId, connection, sink, now)));
    return one;
  };
  const whenReady = (done: () => void) => (sink.mustWait ? sink.whenRoom(done) : done());
  const wait = waits ? whenReady : undefined;
  const frames = onlooker<Frame>(
    'capture',
    'objects to objects',
    (connection) => {
      const one = heardOf(connection);
      return {
        each: (frame) => one.request(frame),
        ended: () => one.ended(),
        closed: () => one.closed(),
      };
    },
    wait,
  );
  const outbound = onlooker<Buffer>(
    'capture',
    'bytes to bytes',
    (connection) => {
      const one = heardOf(connection);
      one.hearsAnswers = true;
      return { each: (chunk) => one.answer(chunk), closed: () => one.closed() };
    },
    wait,
  );
  return { frames: [frames], outbound: [outbound] };
}

/** One connection, from its first message to its end. */
class Heard {
  /** Whether the bytes that are sent pass by, which they do not on connections that were open before. */
  hearsAnswers = false;
  private readonly id: number;
  private readonly connection: LiveConnection;
  private readonly sink: Sink;
  private readonly now: () => number;
  private isToldDeaf = false;
  private isClientDone = false;
  private isClosed = false;

  constructor(id: number, connection: LiveConnection, sink: Sink, now: () => number) {
    this.id = id;
    this.connection = connection;
    this.sink = sink;
    this.now = now;
    const { ends, listener } = connection;
    sink.tell({ is: 'opened', connection: id, atMs: now(), ...ends, listener });
  }

  request({ bytes, receivedAtMs }: Frame): void {
    if (this.isClosed) return;
    const nowMs = this.now();
    // The frame says when it was whole, in whole ms: unless a stage has kept it, that is now.
    const atMs = nowMs - receivedAtMs < 1 ? nowMs : receivedAtMs;
    if (!this.hearsAnswers && !this.isToldDeaf) this.tellDeaf(atMs);
    this.sink.request(this.id, bytes, atMs);
  }

  answer(chunk: Buffer): void {
    if (!this.isClosed) this.sink.answer(this.id, chunk, this.now());
  }

  /** The client will ask no more. */
  ended(): void {
    this.isClientDone = true;
  }

  closed(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    const by = this.connection.hangup !== null ? 'broker' : this.isClientDone ? 'client' : null;
    this.sink.tell({ is: 'closed', connection: this.id, atMs: this.now(), by });
  }

  private tellDeaf(atMs: number): void {
    this.isToldDeaf = true;
    const why = 'answers on connections that were open before the recording began are not recorded';
    this.sink.tell({ is: 'lost', connection: this.id, atMs, from: 'broker', bytes: 0, why });
  }
}
