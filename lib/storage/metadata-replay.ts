/**
 * Reads a metadata log from its newest snapshot to its end. Called by metadata-log.ts at the start.
 *
 * Thin directories are taken as they are: no snapshot, no quorum-state, no control records, a first batch with base
 * offset 1. A log of another Kafka that holds records which only that one knows is read without them.
 */
import { supportedFeatures } from '../features';
import type { Logger } from '../logger';
import * as batch from '../records/batch';
import { type ControlRecord, readControlRecord } from '../records/control';
import { recordsOf } from '../records/record';
import { LeaderEpochs } from './leader-epochs';
import { applyRecords } from './metadata-fold';
import { decodeRecord } from './metadata-frame';
import { emptyImage, type MetadataImage, metadataVersion } from './metadata-image';
import type { MetadataRecord, UnknownRecord } from './metadata-records';
import type { MetadataSegments } from './metadata-segments';
import type { Snapshot } from './metadata-snapshot';

/** What a metadata log says. */
export interface Replayed {
  readonly image: MetadataImage;
  /** Where the next batch goes. */
  readonly nextOffset: number;
  /** Latest epoch that anything was written in; 0 for none. */
  readonly epoch: number;
  readonly epochs: LeaderEpochs;
  readonly quorum: Quorum;
}

/** One voter of the quorum, as the log names it. */
export type Voter = Extract<ControlRecord, { type: 'KRAFT_VOTERS' }>['value']['voters'][number];

export interface Quorum {
  /** 0: the configuration names the voters; 1: the log does (KIP-853). */
  readonly kraftVersion: number;
  /** Those that the log names; empty with kraft.version 0. */
  readonly voters: readonly Voter[];
}

/**
 * Applies the snapshot and every batch behind it.
 * @throws Error when the log is damaged, has a gap, or was written by a Kafka that is too old or too new
 */
export function replay(segments: MetadataSegments, snapshot: Snapshot | null, dir: string, logger: Logger): Replayed {
  const start = snapshot?.endOffset ?? 0;
  if ((segments.startOffset ?? start) > start)
    throw new Error(
      `the metadata log in ${dir} begins at offset ${segments.startOffset}, but ` +
        `${snapshot === null ? 'there is no snapshot' : `the newest snapshot ends at ${start}`}`,
    );
  const warn = (what: string) => logger.warn(`metadata log in ${dir}: ${what}`);
  let quorum = (snapshot?.control ?? []).reduce(withControlRecord, { kraftVersion: 0, voters: [] } as Quorum);
  const before = applyRecords(emptyImage, snapshot?.records ?? [], start - 1, warn);

  const epochs = new LeaderEpochs();
  const records: (MetadataRecord | UnknownRecord)[] = [];
  let nextOffset = start;
  for (const bytes of segments.batches()) {
    epochs.assign(batch.partitionLeaderEpoch(bytes), batch.baseOffset(bytes));
    if (batch.lastOffset(bytes) < start) continue;
    nextOffset = batch.nextOffset(bytes);
    for (const record of recordsOf(bytes)) {
      if (record.offset < start) continue;
      if (!batch.isControl(bytes)) records.push(decodedAt(record.offset, record.value, dir));
      else quorum = withControlRecord(quorum, readControlRecord(record));
    }
  }
  const image = applyRecords(before, records, nextOffset - 1, warn);
  refuseVersion(image, dir);
  const epoch = Math.max(snapshot?.epoch ?? 0, epochs.latest?.epoch ?? 0);
  return { image, nextOffset, epoch, epochs, quorum };
}

function decodedAt(offset: number, value: Buffer | null, dir: string): MetadataRecord | UnknownRecord {
  try {
    return decodeRecord(value ?? Buffer.alloc(0));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Error(`the metadata log in ${dir} has a record at offset ${offset} that cannot be read: ${said}`);
  }
}

function withControlRecord(quorum: Quorum, record: ControlRecord | null): Quorum {
  if (record?.type === 'KRAFT_VERSION') return { ...quorum, kraftVersion: record.value.kRaftVersion };
  if (record?.type === 'KRAFT_VOTERS') return { ...quorum, voters: record.value.voters };
  return quorum;
}

/** Nothing is written to a log whose format is unknown; that would be found out by Kafka only. */
function refuseVersion(image: MetadataImage, dir: string): void {
  const { min, max } = supportedFeatures['metadata.version']!;
  const level = metadataVersion(image);
  if (level === 0 || (level >= min && level <= max)) return;
  throw new Error(
    `the metadata log in ${dir} has metadata.version ${level}, supported are ${min} (3.3) to ${max} (4.4)` +
      (level < min ? ': upgrade it with Kafka 3.9 first' : ''),
  );
}
