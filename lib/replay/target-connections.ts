/**
 * The connections to the target that stand for those of the recording, by their numbers there. One is opened when something
 * is to be sent over it, and anew where the target has ended it.
 */
import type { Pace } from './pace';
import { open } from './served';
import type { Target } from './target';
import type { ReplayConnection } from './target-connection';

export class TargetConnections {
  private readonly target: Target;
  private readonly pace: Pace;
  private readonly open = new Map<number, ReplayConnection>();
  private isClosed = false;

  constructor(target: Target, pace: Pace) {
    this.target = target;
    this.pace = pace;
  }

  /**
   * The one that stands for a recorded one.
   * @throws TargetError if there is none to be had
   */
  async of(number: number): Promise<ReplayConnection> {
    const known = this.open.get(number);
    if (known !== undefined && known.over === null) return known;
    const opened = await open(this.target, this.pace);
    if (this.isClosed) opened.close('the replay ended');
    this.open.set(number, opened);
    return opened;
  }

  /** Ends one, if there is any. @param why what those are told who still wait for an answer */
  end(number: number, why?: string): void {
    this.open.get(number)?.close(why);
    this.open.delete(number);
  }

  /** Ends all, and those that are being opened. */
  close(): void {
    this.isClosed = true;
    for (const number of [...this.open.keys()]) this.end(number, 'the replay ended');
  }
}
