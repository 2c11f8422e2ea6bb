/**
 * The text files that Kafka calls checkpoints. Two kinds share a frame: a version line `0`, a line with the number of
 * entries, one line per entry.
 *
 * Offset checkpoints lie in a log directory and give one offset per partition: `recovery-point-offset-checkpoint`,
 * `log-start-offset-checkpoint`, `replication-offset-checkpoint` (high watermarks), `cleaner-offset-checkpoint`.
 * Epoch checkpoints are leader-epochs.ts.
 */

/** Names of the offset checkpoints in a log directory. */
export const checkpointNames = Object.freeze({
  recoveryPoints: 'recovery-point-offset-checkpoint',
  logStarts: 'log-start-offset-checkpoint',
  highWatermarks: 'replication-offset-checkpoint',
  cleaner: 'cleaner-offset-checkpoint',
});

/**
 * The entry lines of a checkpoint; null if the text is not one (wrong version, wrong count): Kafka then goes on as if
 * the file were missing. An empty text has no entries.
 */
export function checkpointLines(text: string): string[] | null {
  if (text === '') return [];
  const [version, count, ...lines] = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return version === '0' && Number(count) === lines.length ? lines : null;
}

export function checkpointText(lines: readonly string[]): string {
  return `0\n${lines.length}\n${lines.map((line) => `${line}\n`).join('')}`;
}

/**
 * Offsets by `topic-partition`, the name of the partition's directory; null if the text is corrupt.
 */
export function parseOffsetCheckpoint(text: string): Map<string, number> | null {
  const lines = checkpointLines(text);
  if (lines === null) return null;
  const offsets = new Map<string, number>();
  for (const line of lines) {
    const match = /^(\S+) (\d+) (\d+)$/.exec(line);
    if (match === null) return null;
    offsets.set(`${match[1]}-${match[2]}`, Number(match[3]));
  }
  return offsets;
}

/** @param offsets by `topic-partition` */
export function formatOffsetCheckpoint(offsets: Iterable<readonly [name: string, offset: number]>): string {
  const lines: string[] = [];
  for (const [name, offset] of offsets) {
    const dash = name.lastIndexOf('-');
    lines.push(`${name.slice(0, dash)} ${name.slice(dash + 1)} ${offset}`);
  }
  return checkpointText(lines);
}
