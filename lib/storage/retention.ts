/**
 * Which old segments of a log may go: by age, by size, or because the log starts behind them. Called by upkeep.ts.
 * Pure but for the file time of segments whose records have no timestamps.
 */
import fs from 'node:fs';
import type { TopicConfig } from '../topic-config';
import type { Log } from './log';
import type { Segment } from './segment';

/**
 * Number of segments, from the oldest on, that retention lets go of. An empty active segment never goes.
 * (Kafka's UnifiedLog.deleteOldSegments)
 */
export function expiredSegments(log: Log, config: TopicConfig, nowMs: number): number {
  const { segments } = log;
  const expires = config['cleanup.policy'].includes('delete');
  const retentionMs = expires ? config['retention.ms'] : -1;
  const retentionBytes = expires ? config['retention.bytes'] : -1;
  let excessBytes = retentionBytes < 0 ? 0 : log.size - retentionBytes;
  for (const [i, segment] of segments.entries()) {
    if (segment.size === 0 && i === segments.length - 1) return i;
    const next = segments[i + 1]?.baseOffset ?? Number.POSITIVE_INFINITY;
    const isBeforeStart = next <= log.logStartOffset;
    const isExcess = retentionBytes >= 0 && excessBytes >= segment.size;
    const isOld = retentionMs >= 0 && nowMs - lastWrite(segment) > retentionMs;
    if (!isBeforeStart && !isExcess && !isOld) return i;
    excessBytes -= segment.size;
  }
  return segments.length;
}

/** ms; a timestamp in the future keeps the segment until then. */
function lastWrite(segment: Segment): number {
  return segment.maxTimestamp >= 0 ? segment.maxTimestamp : fs.statSync(segment.log.path).mtimeMs;
}
