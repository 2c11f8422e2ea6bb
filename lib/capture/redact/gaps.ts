/**
 * What is missing of a frame before it is redacted: values that nobody copied, because they are to be left out anyway.
 *
 * What lies there in memory is anything, and may be of another frame. So whoever redacts makes sure that all of it becomes
 * holes; a frame of which that is not so is not recorded.
 */

/** Begins and ends, one behind the other. */
export type Gaps = readonly number[];

export const noGaps: Gaps = Object.freeze([]);

/** What is missing of one frame, and how much of that has become holes so far. */
export class Missing {
  private readonly gaps: Gaps;
  private next = 0;

  constructor(gaps: Gaps) {
    this.gaps = gaps;
  }

  /** Takes note of a hole behind those before it. */
  hole(start: number, end: number): void {
    const { gaps } = this;
    while (this.next < gaps.length && gaps[this.next]! >= start && gaps[this.next + 1]! <= end) this.next += 2;
  }

  /** Whether all that is missing lies in holes. */
  get isCovered(): boolean {
    return this.next === this.gaps.length;
  }
}
