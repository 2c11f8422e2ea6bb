/**
 * Which leader epoch began at which offset, for one partition: `leader-epoch-checkpoint` (lines `epoch startOffset`).
 * Answers OffsetForLeaderEpoch (KIP-101, KIP-279) and the epochs that ListOffsets names. Called by log.ts and recovery.
 *
 * Always: epochs and start offsets both increase. (Kafka's LeaderEpochFileCache)
 */
import { checkpointLines, checkpointText } from './checkpoints';

export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

export class LeaderEpochs {
  private starts: EpochStart[];
  /** Whether the file lags behind. */
  dirty = false;

  constructor(starts: readonly EpochStart[] = []) {
    this.starts = [...starts];
  }

  get entries(): readonly EpochStart[] {
    return this.starts;
  }

  get earliest(): EpochStart | undefined {
    return this.starts[0];
  }

  get latest(): EpochStart | undefined {
    return this.starts.at(-1);
  }

  /** Notes that `epoch` begins at `startOffset`; what was known about later epochs or offsets no longer counts. */
  assign(epoch: number, startOffset: number): void {
    const latest = this.latest;
    if (latest !== undefined && latest.epoch === epoch) return;
    this.starts = this.starts.filter((start) => start.epoch < epoch && start.startOffset < startOffset);
    this.starts.push({ epoch, startOffset });
    this.dirty = true;
  }

  /** Forgets epochs that begin at `endOffset` or later. */
  cutEnd(endOffset: number): void {
    if ((this.latest?.startOffset ?? -1) < endOffset) return;
    this.starts = this.starts.filter((start) => start.startOffset < endOffset);
    this.dirty = true;
  }

  /** The log now begins at `startOffset`: the epoch that covers it begins there, earlier ones are gone. */
  cutStart(startOffset: number): void {
    const covering = this.starts.findLastIndex((start) => start.startOffset <= startOffset);
    if (covering < 0 || (covering === 0 && this.starts[0]!.startOffset === startOffset)) return;
    this.starts = [{ epoch: this.starts[covering]!.epoch, startOffset }, ...this.starts.slice(covering + 1)];
    this.dirty = true;
  }

  /**
   * Where `epoch` ends, as OffsetForLeaderEpoch answers it: the latest epoch ends at the log end; one older than all
   * known ends where they begin; one that is unknown and newer gives −1, −1.
   */
  endOffset(epoch: number, logEndOffset: number): { leaderEpoch: number; endOffset: number } {
    const latest = this.latest;
    if (latest === undefined || epoch < 0 || epoch > latest.epoch) return { leaderEpoch: -1, endOffset: -1 };
    if (epoch === latest.epoch) return { leaderEpoch: epoch, endOffset: logEndOffset };
    const next = this.starts.findIndex((start) => start.epoch > epoch);
    const endOffset = this.starts[next]!.startOffset;
    return { leaderEpoch: next === 0 ? epoch : this.starts[next - 1]!.epoch, endOffset };
  }

  format(): string {
    return checkpointText(this.starts.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`));
  }

  /** Reads the file's text; without entries if it is corrupt, for the batches in the log then tell. */
  static parse(text: string): LeaderEpochs {
    const starts: EpochStart[] = [];
    for (const line of checkpointLines(text) ?? []) {
      const match = /^(\d+) (\d+)$/.exec(line);
      if (match === null) return new LeaderEpochs();
      const start = { epoch: Number(match[1]), startOffset: Number(match[2]) };
      const previous = starts.at(-1);
      if (previous && (start.epoch <= previous.epoch || start.startOffset <= previous.startOffset)) {
        return new LeaderEpochs();
      }
      starts.push(start);
    }
    return new LeaderEpochs(starts);
  }
}
