/**
 * The words in which spec/types says things about types. Nothing here runs: `npm run check` is the judge.
 */

/** Whether two types are the same, not merely assignable to each other. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only where the claim is true. */
export function claim<_Claim extends true>(): void {}

/** Compiles only where the value is of the type. */
export function accepts<T>(_value: T): void {}
