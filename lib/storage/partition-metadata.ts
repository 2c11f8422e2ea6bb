/**
 * `partition.metadata`: which topic a partition directory belongs to. Two lines, no newline at the end:
 * `version: 0` and `topic_id: <22 characters of base64url>`. Padded and standard base64 are understood as well.
 */
import { parseUuid } from '../uuid';

export function formatPartitionMetadata(topicId: string): string {
  return `version: 0\ntopic_id: ${topicId}`;
}

/** The topic id as 22 characters of base64url; null if the text does not name one. */
export function parsePartitionMetadata(text: string): string | null {
  const version = /^version: *(\d+)\s*$/m.exec(text);
  const id = /^topic_id: *(\S+)\s*$/m.exec(text);
  return version?.[1] !== '0' || id === null ? null : parseUuid(id[1]!);
}
