/**
 * Names of partition directories: `<topic>-<partition>`, split at the last dash, and the marks that Kafka puts behind a
 * unique id: `-delete` (to be removed), `-future` (being moved to another log directory), `-stray` (nobody's).
 */
import { randomUUID } from 'node:crypto';
import type { NewId } from '../uuid';

/** A file name may have this many bytes. */
const nameMaxBytes = 255;

export type DirMark = 'delete' | 'future' | 'stray';

export interface PartitionDirName {
  readonly topic: string;
  readonly partition: number;
  /** Set aside for a reason other than serving it; null for a live partition. */
  readonly mark: DirMark | null;
}

/** What a directory's name says; null if it is not a partition's. */
export function parsePartitionDir(name: string): PartitionDirName | null {
  const marked = /^(.+)\.[0-9a-f]{32}-(delete|future|stray)$/.exec(name);
  const plain = /^([a-zA-Z0-9._-]+)-(\d{1,10})$/.exec(marked?.[1] ?? name);
  // A long name was cut to make room for its mark: what is left need not parse.
  if (plain === null) return marked ? { topic: marked[1]!, partition: -1, mark: marked[2] as DirMark } : null;
  const mark = (marked?.[2] as DirMark | undefined) ?? null;
  return { topic: plain[1]!, partition: Number(plain[2]), mark };
}

export function partitionDirName(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

/** The name that a directory gets when it is set aside, unique and within the length that file systems allow. */
export function markedDirName(topic: string, partition: number, mark: DirMark, newId: NewId = randomUUID): string {
  const suffix = `.${newId().replaceAll('-', '')}-${mark}`;
  const tail = `-${partition}`;
  return `${topic.slice(0, nameMaxBytes - suffix.length - tail.length)}${tail}${suffix}`;
}
