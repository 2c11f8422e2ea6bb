/**
 * What the conformance suite asks of a Kafka client, whatever language it is written in, and the records it asks for.
 *
 * One file beside this one makes each client into this shape; `clients.spec.ts` knows them only by it. What always
 * holds: a record is bytes (a key or value is null or a Buffer, never a string), partitions are read by explicit
 * assignment, never through a consumer group, and every call ends, with an error that shows what the client said.
 */

export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
export const codecs: readonly Codec[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

export type Header = [name: string, value: Buffer | null];

export interface Rec {
  key: Buffer | null;
  value: Buffer | null;
  headers: Header[];
}

/** A record as it was read back. */
export interface Stored extends Rec {
  offset: number;
}

/** Records for one topic, written by one producer. */
export interface Load {
  topic: string;
  codec: Codec;
  /** With a producer id and sequence numbers; false asks the client to do without. */
  idempotent: boolean;
  /**
   * Each round is sent by the same producer when the one before is acknowledged, so that its sequence numbers go on.
   * Inside of it, the place in the list is the partition.
   */
  rounds: Rec[][][];
}

/** `count` records of one partition from `offset` on. */
export interface Slice {
  topic: string;
  partition: number;
  offset: number;
  count: number;
}

/** What ListOffsets calls the end, the start and the record with the largest timestamp (KIP-734). */
export const LATEST = -1;
export const EARLIEST = -2;

export interface TopicAdmin {
  create(bootstrap: string, topic: string, partitions: number): Promise<void>;
  /** Adds partitions until there are `partitions`. */
  grow(bootstrap: string, topic: string, partitions: number): Promise<void>;
  delete(bootstrap: string, topic: string): Promise<void>;
  /** How many partitions the topic has; 0 when there is no such topic. */
  partitions(bootstrap: string, topic: string): Promise<number>;
}

export interface Client {
  name: string;
  /** What it can write and read. */
  codecs: readonly Codec[];
  /** False when it has no way to say which partition a record goes to: it then gets topics of one partition. */
  picksPartition: boolean;
  /** Null when it can run here, else a sentence: what is missing, and what brings it. */
  missing(): string | null;
  /** Whether it has a way to write this record. */
  writes(record: Rec): boolean;
  /** The record as this client shows it to a reader: itself, but for what its output cannot tell apart. */
  shows(record: Rec): Rec;
  /** Null for a client without an admin side. */
  topics: TopicAdmin | null;
  /** Returns when every record is acknowledged by all in-sync replicas. */
  produce(bootstrap: string, load: Load): Promise<void>;
  /** One list of records per slice, in the slices' order. */
  read(bootstrap: string, slices: Slice[]): Promise<Stored[][]>;
  /**
   * One offset per time: LATEST, EARLIEST, or milliseconds since 1970, which asks for the first record not older.
   * When no record is that young, −1 or, from clients that hide it, the end.
   */
  offsets(bootstrap: string, topic: string, partition: number, times: number[]): Promise<number[]>;
}

/** What most clients say of a record: they can write it, and show it as it is. */
export const anyRecord = { writes: () => true, shows: (record: Rec) => record };

export function hasNullHeader({ headers }: Rec): boolean {
  return headers.some(([, value]) => value === null);
}

/** Thrown into the suite's report by `missing()`: one wording for all clients. */
export function absent(what: string): string {
  return `${what} is missing; .ci/install-clients brings it`;
}
