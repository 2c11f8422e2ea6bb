/** What the program behind `faults.spec.ts` is asked, and what it answers. */

export type FaultJob =
  | {
      do: 'produce';
      /** Each a call of its own, one after another. */
      sends: { topic: string; value: string; partition: number }[][];
      idempotent: boolean;
    }
  | { do: 'consume'; topic: string; until: string };

export interface FaultOutcome {
  /** Values that were read. */
  seen: string[];
  /** Names of the error and of what it wraps; null: there was none. */
  error: string[] | null;
  tookMs: number;
}
