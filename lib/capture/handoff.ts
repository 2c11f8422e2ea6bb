/**
 * Handoff: what a recorder writes, given to somebody who reads it in the same process. A write is over when it was taken, so
 * that what waits is bounded by the recorder. Called for watch.ts.
 *
 * What always holds: who reads gets all that was written before the end; once nobody reads any more, writing fails.
 */
import type { Target } from './mrcap/recorder';

interface Write {
  readonly chunks: readonly Buffer[];
  readonly taken: () => void;
  readonly failed: (error: Error) => void;
}

export class Handoff implements Target {
  readonly name = 'reader';
  /** What is read lies in it. */
  readonly isDoneWithBytes = false;
  private waiting: Write | null = null;
  private isEnded = false;
  private hasLeft = false;
  private wake = () => {};

  write(chunks: readonly Buffer[]): Promise<void> {
    if (this.hasLeft) return Promise.reject(nobody());
    return new Promise((taken, failed) => {
      this.waiting = { chunks, taken, failed };
      this.wake();
    });
  }

  async close(): Promise<void> {
    this.isEnded = true;
    this.wake();
  }

  /** Nobody reads any more: what waits is not given, and what is written fails. */
  leave(): void {
    this.hasLeft = true;
    this.waiting?.failed(nobody());
    this.waiting = null;
    this.wake();
  }

  /** To be read once. */
  async *chunks(): AsyncGenerator<Buffer, undefined> {
    try {
      while (!this.hasLeft) {
        const write = this.waiting;
        if (write !== null) {
          for (const chunk of write.chunks) yield chunk;
          if (this.waiting === write) this.waiting = null;
          write.taken();
        } else if (this.isEnded) return;
        else await new Promise<void>((resolve) => (this.wake = resolve));
      }
    } finally {
      this.leave();
    }
  }
}

function nobody(): Error {
  return new Error('nobody reads any more');
}
