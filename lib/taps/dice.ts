/**
 * Chance that can be had again: numbers that look random and are the same for the same seed (mulberry32). Called by
 * chaos.ts; pure.
 */

/** Rolls numbers from 0 up to, but not including, 1. */
export type Dice = () => number;

/** @param name dice of another name roll other numbers with the same seed */
export function diceOf(seed: number, name: string): Dice {
  let state = seed | 0;
  for (const letter of Buffer.from(name)) state = Math.imul(state ^ letter, 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
