/**
 * What was not recorded because somebody was slower: counted by connection and side until it can be told of.
 */
import { many } from '../text';
import type { Lost, Side } from './event';

interface Count {
  readonly connection: number;
  readonly from: Side;
  frames: number;
  bytes: number;
}

export class Dropped {
  /** Frames, since the beginning. */
  frames = 0;
  private readonly slower: string;
  private readonly limitBytes: number;
  private readonly counts = new Map<string, Count>();

  /**
   * Both for the message.
   * @param slower who is, such as `the disk`
   * @param limitBytes how much may wait for it
   */
  constructor(slower: string, limitBytes: number) {
    this.slower = slower;
    this.limitBytes = limitBytes;
  }

  /** Whether there is anything to tell. */
  get isAny(): boolean {
    return this.counts.size > 0;
  }

  add(connection: number, from: Side, frames: number, bytes: number): void {
    const key = `${connection} ${from}`;
    let count = this.counts.get(key);
    if (count === undefined) this.counts.set(key, (count = { connection, from, frames: 0, bytes: 0 }));
    count.frames += frames;
    count.bytes += bytes;
    this.frames += frames;
  }

  /** What is to be told, once. @param only of this connection; of all if absent */
  take(atMs: number, only?: number): Lost[] {
    const lost: Lost[] = [];
    for (const [key, { connection, from, frames, bytes }] of this.counts) {
      if (only !== undefined && connection !== only) continue;
      const why = `${many(frames, 'frame')} not recorded: ${this.slower} was slower, and ${this.limitBytes} bytes waited`;
      lost.push({ is: 'lost', connection, atMs, from, bytes, why });
      this.counts.delete(key);
    }
    return lost;
  }
}
