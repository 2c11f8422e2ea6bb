/**
 * The timer that every bench program shares, and the shape of what they print.
 *
 * A program of this folder exports `async function bench(print: Print)` and calls `print` once per line of its table:
 * `print({ what: 'Metadata 12 response', 'read ns': 812, 'write ns': 640 })`. `run.ts` runs them all. Figures are medians
 * of several rounds after a warm-up: differences under about 10 % are noise, on a busy machine under 25 %.
 */

/** One line of a table: column name → what stands there. All lines of one program have the same columns. */
export type Row = Readonly<Record<string, string | number>>;

export type Print = (row: Row) => void;

export interface Effort {
  /** How often the round is measured; the median counts. */
  readonly rounds: number;
  /** About how long one round takes. */
  readonly roundMs: number;
  /** How long `work` runs before anything is measured, so that it is compiled. */
  readonly warmUpMs: number;
}

const usual: Effort = { rounds: 9, roundMs: 60, warmUpMs: 250 };

/** Keeps results alive: what nobody can look at, the optimiser may leave out. */
export let sink: unknown;

/** Nanoseconds that one call of `work` takes. */
export function nanoseconds(work: () => unknown, effort: Partial<Effort> = {}): number {
  const { rounds, roundMs, warmUpMs } = { ...usual, ...effort };
  const time = (calls: number): number => {
    const startMs = performance.now();
    for (let i = 0; i < calls; i++) sink = work();
    return performance.now() - startMs;
  };
  let calls = 1;
  for (let spentMs = 0; spentMs < warmUpMs; ) {
    const tookMs = time(calls);
    spentMs += tookMs;
    if (tookMs < roundMs) calls = grown(calls, tookMs, roundMs);
  }
  return median(Array.from({ length: rounds }, () => (time(calls) * 1e6) / calls));
}

/** The same for work that is awaited, one call after the other. */
export async function nanosecondsAsync(work: () => Promise<unknown>, effort: Partial<Effort> = {}): Promise<number> {
  const { rounds, roundMs, warmUpMs } = { ...usual, ...effort };
  const time = async (calls: number): Promise<number> => {
    const startMs = performance.now();
    for (let i = 0; i < calls; i++) sink = await work();
    return performance.now() - startMs;
  };
  let calls = 1;
  for (let spentMs = 0; spentMs < warmUpMs; ) {
    const tookMs = await time(calls);
    spentMs += tookMs;
    if (tookMs < roundMs) calls = grown(calls, tookMs, roundMs);
  }
  const figures: number[] = [];
  for (let i = 0; i < rounds; i++) figures.push(((await time(calls)) * 1e6) / calls);
  return median(figures);
}

/** Calls that fill a round, approached in steps of at most ten: the first calls are slower than those that count. */
function grown(calls: number, tookMs: number, roundMs: number): number {
  return Math.max(calls + 1, Math.ceil(calls * Math.min(10, roundMs / Math.max(tookMs, 1e-3))));
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A number for a person: three digits that mean something, thousands apart. */
export function rounded(figure: number): string {
  if (figure >= 100) return Math.round(figure).toLocaleString('en');
  return Number(figure.toPrecision(3)).toString();
}
