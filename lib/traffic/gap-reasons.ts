/**
 * Why parts of the traffic could not be read or paired, counted. Memory does not grow with what is counted: reasons that
 * differ in their figures only are one, and so are those beyond any number that a person would read.
 */
import type { Gap } from './report';

export interface GapReason {
  readonly is: Gap['is'];
  /** As it was said, with `…` for figures that were not always the same. */
  why: string;
  gaps: number;
  bytes: number;
}

const reasonsMax = 100;
const others = 'other reasons';

export class GapReasons {
  private readonly reasons = new Map<string, GapReason>();

  add({ is, bytes, why }: Gap): void {
    const alike = why.replace(/\d+/g, '…');
    const key = this.reasons.has(`${is} ${alike}`) || this.reasons.size < reasonsMax ? `${is} ${alike}` : is;
    let reason = this.reasons.get(key);
    if (reason === undefined)
      this.reasons.set(key, (reason = { is, why: key === is ? others : why, gaps: 0, bytes: 0 }));
    else if (reason.why !== why && key !== is) reason.why = alike;
    reason.gaps++;
    reason.bytes += bytes;
  }

  /** The most frequent first. */
  get all(): readonly GapReason[] {
    return [...this.reasons.values()].sort((a, b) => b.gaps - a.gaps);
  }

  /** Gaps of a kind, and their bytes. */
  total(is: Gap['is']): { readonly gaps: number; readonly bytes: number } {
    const some = this.all.filter((reason) => reason.is === is);
    return {
      gaps: some.reduce((sum, { gaps }) => sum + gaps, 0),
      bytes: some.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }
}
