/**
 * What a storage engine offers to handlers and coordinators: `Topics`, `PartitionLog` and `Appends`. Types only.
 *
 * Local files are the embedded default (topics.ts, partition.ts, appends.ts); a remote engine implements the same
 * interfaces. Nothing here names a file, a path or a segment.
 */
import type { Observable } from 'rxjs';
import type { KafkaError } from '../errors';
import type { TopicConfig } from '../topic-config';

/** Which records a reader may see (KIP-98). */
export type Isolation = 'read_uncommitted' | 'read_committed';

/** The logs of the topics that this broker leads; follows the metadata image. */
export interface Topics {
  byName(name: string): Topic | undefined;
  /** @param id topic id as 22 characters of base64url */
  byId(id: string): Topic | undefined;
  [Symbol.iterator](): Iterator<Topic>;
}

export interface Topic {
  readonly name: string;
  readonly id: string;
  /** `__consumer_offsets`, `__transaction_state`, `__share_group_state`. */
  readonly internal: boolean;
  /** Effective configuration: the topic's own, else the broker's, else Kafka's default. Replaced when it changes. */
  readonly config: TopicConfig;
  partition(index: number): PartitionLog | undefined;
  readonly partitions: Iterable<PartitionLog>;
}

/** An offset that a lookup found, with its record's timestamp (ms, −1 none) and the leader epoch it was written in. */
export interface FoundOffset {
  readonly offset: number;
  readonly timestamp: number;
  readonly leaderEpoch: number;
}

/** A transaction that was aborted: a reader drops this producer's records from `firstOffset` up to the marker. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

/** Whole record batches, as stored. */
export interface ReadBatches {
  /** Contiguous batches; the first may begin before the offset asked for. Empty: nothing to read there. */
  readonly records: Buffer;
  /** Offset behind the last batch returned; the offset asked for if there is none. */
  readonly nextOffset: number;
  /** Hands the memory back; to be called once nobody reads `records` any more. */
  release?(): void;
}

export interface ReadOptions {
  /** Whole batches are returned up to this many bytes. */
  readonly maxBytes: number;
  /** Return the first batch even if it alone exceeds maxBytes. */
  readonly atLeastOne: boolean;
  readonly isolation: Isolation;
}

/** One partition's log. */
export interface PartitionLog {
  readonly topic: Topic;
  readonly partition: number;
  /** Leader epoch of this broker for the partition. */
  readonly leaderEpoch: number;
  readonly logStartOffset: number;
  /** On a single replica the log end offset, as soon as an append is in the log. */
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logEndOffset: number;
  /** KAFKA_STORAGE_ERROR once a disk error has taken the partition offline, else null. */
  readonly offline: KafkaError | null;
  /** Fires after the high watermark, last stable offset or log start offset moved; completes when the log closes. */
  readonly advanced$: Observable<void>;
  /** Offset that this isolation level must not read beyond: high watermark or last stable offset. */
  limit(isolation: Isolation): number;
  /**
   * Bytes that a read from this offset could return, up to the isolation's limit; may overestimate within one segment.
   * Never touches the disk.
   */
  availableBytes(fromOffset: number, isolation: Isolation): number;
  /**
   * Reads whole batches from the one that contains `fromOffset`. Answers at once for small or hot reads.
   * Throws or rejects OFFSET_OUT_OF_RANGE outside [logStartOffset, logEndOffset], KAFKA_STORAGE_ERROR when offline.
   */
  read(fromOffset: number, options: ReadOptions): ReadBatches | Promise<ReadBatches>;
  /** Aborted transactions that overlap [fromOffset, toOffset), by their first offset. */
  abortedTransactions(fromOffset: number, toOffset: number): AbortedTransaction[] | Promise<AbortedTransaction[]>;
  /** First record with a timestamp of at least `timestamp` ms; null if there is none. */
  offsetForTimestamp(timestamp: number): Promise<FoundOffset | null>;
  /** The record with the largest timestamp (the first of equals); null in an empty log. */
  offsetOfMaxTimestamp(): Promise<FoundOffset | null>;
  /** Leader epoch of the first entry of the epoch history that still covers the log start; −1 if there is none. */
  earliestLeaderEpoch(): number;
  /** Latest leader epoch that the log knows of: in which it was written, or is being led now; −1 if there is none. */
  latestLeaderEpoch(): number;
  /** Where a leader epoch ends (KIP-279); both −1 when it is unknown and newer than all known. */
  endOffsetForEpoch(leaderEpoch: number): { leaderEpoch: number; endOffset: number };
}

/** One validated batch to append to one partition. */
export interface Append {
  readonly log: PartitionLog;
  /**
   * Exactly one record batch (magic 2) whose size, CRC and counts have been checked. Never modified; base offset and
   * leader epoch are set in the bytes that are written.
   */
  readonly batch: Buffer;
  /**
   * Batches of a coordinator (offsets committed in a transaction, transaction markers) carry a producer id without its
   * sequence of numbers: that is not checked. Absent: `client`.
   */
  readonly origin?: 'client' | 'coordinator';
}

/** What an append led to. */
export interface Appended {
  readonly baseOffset: number;
  /** −1 on CreateTime topics; a duplicate of an idempotent producer has the first append's largest timestamp. */
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
}

/**
 * The one way to write to any partition. A call takes its place in the partition's queue before it returns; the promise
 * settles once the batch is in the log (the page cache), or rejects with a KafkaError and nothing is written.
 */
export interface Appends {
  submit(append: Append): Promise<Appended>;
}
