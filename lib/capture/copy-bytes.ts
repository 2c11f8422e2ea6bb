/**
 * Copies bytes from one memory to another. Recordings are put together of many short pieces.
 */

/** Up to this length a loop beats the call into the runtime. */
const loopMaxBytes = 40;

/** Copies the bytes between `start` and `end` to `to`, from `at` on, where there is room for them. */
export function copyBytes(from: Buffer, start: number, end: number, to: Buffer, at: number): void {
  const size = end - start;
  if (size > loopMaxBytes) from.copy(to, at, start, end);
  else for (let i = 0; i < size; i++) to[at + i] = from[start + i]!;
}
