/**
 * Queue: calls that may overlap and must start in order. Who has entered first goes on first; who leaves without having
 * gone on holds up nobody.
 */

/** One call's place. */
export interface Place {
  /** Runs once all who entered before have gone on or left: at once, where they have. */
  inTurn<T>(goOn: () => T | Promise<T>): T | Promise<T>;
  leave(): void;
}

interface Entry {
  /** What waits for its turn. */
  ready: (() => void) | null;
  isGone: boolean;
}

export class Queue {
  private readonly entries: Entry[] = [];

  enter(): Place {
    const entry: Entry = { ready: null, isGone: false };
    this.entries.push(entry);
    const leave = () => {
      if (entry.isGone) return;
      entry.isGone = true;
      this.serve();
    };
    return {
      inTurn: (goOn) => {
        if (this.entries[0] === entry) {
          try {
            return goOn();
          } finally {
            leave();
          }
        }
        return new Promise((resolve) => {
          entry.ready = () => resolve(wrapped(goOn));
        });
      },
      leave,
    };
  }

  private serve(): void {
    while (this.entries.length > 0) {
      const first = this.entries[0]!;
      if (!first.isGone && first.ready === null) return;
      this.entries.shift();
      if (first.isGone) continue;
      first.isGone = true;
      first.ready?.();
    }
  }
}

/** What it throws at once becomes a rejection. */
async function wrapped<T>(goOn: () => T | Promise<T>): Promise<T> {
  return goOn();
}
