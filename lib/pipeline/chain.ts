/**
 * Chain: streams piped into each other, of which some may be put in and taken out while they flow.
 *
 * It is over once: with the first error of any of them, or without one when the last has finished; then all are destroyed.
 * What is put in takes what comes from then on; what is taken out first gives all it holds, while what comes waits before it.
 */
import { type Duplex, finished, type Writable } from 'node:stream';

export class Chain {
  private readonly links: Duplex[];
  private readonly last: Writable;
  private readonly over: (error: Error | null) => void;
  private readonly changes: ((done: () => void) => void)[] = [];
  private isOver = false;

  /** @param over called once; with the error that ended the chain, or null when all went through */
  constructor(links: readonly Duplex[], last: Writable, over: (error: Error | null) => void) {
    this.links = [...links];
    this.last = last;
    this.over = over;
    for (const link of links) this.watch(link);
    finished(last, (error) => this.end(error ?? null));
    for (const [i, link] of links.entries()) link.pipe(links[i + 1] ?? last);
  }

  /** Ends everything now. */
  destroy(): void {
    for (const link of this.links) link.destroy();
    this.last.destroy();
  }

  /** The stream before another one, which is not the first; null while that may change, or gives nothing more. */
  before(link: Duplex): Duplex | null {
    const left = this.links[this.links.indexOf(link) - 1]!;
    return this.changes.length > 0 || left.readableEnded || left.destroyed ? null : left;
  }

  /** Puts a stream in before another one, which is not the first; returns how to take it out. */
  insert(link: Duplex, before: Duplex): () => void {
    this.change((done) => {
      const at = this.links.indexOf(before);
      const left = this.links[at - 1]!;
      // What has ended, or hung up, ends all behind it.
      if (left.readableEnded) link.destroy();
      else {
        this.watch(link);
        this.links.splice(at, 0, link);
        left.unpipe(before);
        link.pipe(before);
        left.pipe(link);
      }
      done();
    });
    return () => this.change((done) => this.remove(link, done));
  }

  private remove(link: Duplex, done: () => void): void {
    const at = this.links.indexOf(link);
    const left = this.links[at - 1];
    if (left === undefined || left.readableEnded || link.readableEnded) return done();
    const right = this.links[at + 1] ?? this.last;
    left.unpipe(link);
    link.unpipe(right);
    link.pipe(right, { end: false });
    link.once('end', () => {
      this.links.splice(at, 1);
      link.destroy();
      left.pipe(right);
      done();
    });
    link.end();
  }

  /** Changes come one after the other: one that takes out waits for what the stream still holds. */
  private change(change: (done: () => void) => void): void {
    this.changes.push(change);
    if (this.changes.length === 1) this.next();
  }

  private next(): void {
    if (this.changes.length === 0 || this.isOver) return;
    this.changes[0]!(() => {
      this.changes.shift();
      this.next();
    });
  }

  private watch(link: Duplex): void {
    finished(link, (error) => {
      if (error && this.links.includes(link)) this.end(error);
    });
  }

  private end(error: Error | null): void {
    if (this.isOver) return;
    this.isOver = true;
    this.destroy();
    this.over(error);
  }
}
