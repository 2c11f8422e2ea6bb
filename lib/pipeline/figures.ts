/**
 * What a stage has done on all connections of a broker: counted by the stages themselves as messages pass, read by
 * `Connections.describe`. Counting costs nanoseconds and is always on; how long things took, see stopwatch.ts.
 */
import type { Duplex } from 'node:stream';
import type { LiveConnection } from './connection';
import type { Stage } from './seams';
import type { Times } from './stopwatch';

export class Figures {
  /** Messages, or at seams of bytes chunks. */
  in = 0;
  out = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Whether a side is one of bytes; null until the first stream of the stage shows it. */
  takesBytes: boolean | null = null;
  givesBytes: boolean | null = null;
  /** Whether the stage counts: what somebody wrote without `stage()` and its like does not. */
  isCounted = false;
  /** Whether the stage says how long it takes. */
  isTimed = false;
  readonly times: Times = { round: 0, messages: 0, totalMs: 0, maxMs: 0 };
  private readonly streams = new Map<Duplex, () => number>();
  /** Streams of other stages that tell this one what they give. */
  private readonly ridden = new Set<Duplex>();

  /** The stage, with these figures of all streams that it makes. */
  of<In, Out>(stage: Stage<In, Out>): Stage<In, Out> {
    const make = (connection: LiveConnection): Duplex => {
      let held = () => 0;
      const stream = stage(connection, this, (count) => (held = count));
      this.takesBytes = !stream.writableObjectMode;
      this.givesBytes = !stream.readableObjectMode;
      this.streams.set(stream, () => held());
      stream.once('close', () => this.streams.delete(stream));
      return stream;
    };
    const rides: Stage<In, Out>['rides'] = (connection, before) => {
      const getOff = stage.rides?.(connection, before, this) ?? null;
      if (getOff === null) return null;
      this.takesBytes = this.givesBytes = !before.readableObjectMode;
      this.ridden.add(before);
      before.once('close', () => this.ridden.delete(before));
      return () => {
        this.ridden.delete(before);
        getOff();
      };
    };
    const { stageName, fits, passesAll } = stage;
    return Object.assign(make, { stageName, fits, passesAll, rides });
  }

  /** Connections that have the stage now. */
  get connections(): number {
    return this.open().length + [...this.ridden].filter(({ destroyed }) => !destroyed).length;
  }

  /** What waits before the stage, in it and behind it. */
  waiting(): { messages: number; bytes: number } {
    const sum = { messages: 0, bytes: 0 };
    for (const [stream, held] of this.open()) {
      sum[stream.writableObjectMode ? 'messages' : 'bytes'] += stream.writableLength;
      sum[stream.readableObjectMode ? 'messages' : 'bytes'] += stream.readableLength;
      sum.messages += held();
    }
    return sum;
  }

  /** A stream may be gone without saying so. */
  private open(): [Duplex, () => number][] {
    return [...this.streams].filter(([stream]) => !stream.destroyed);
  }
}
