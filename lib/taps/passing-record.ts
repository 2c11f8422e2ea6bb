/**
 * What `mapRecords` shows a user's function, and what it needs to know. Types, for map-records.ts and its two halves.
 */
import type { Later } from '../pipeline/bodies';
import type { Request } from '../pipeline/seams';
import type { Connection } from '../protocol/scope';
import type { LogRecord } from '../records/record';
import type { TopicNames } from './chosen-topics';
import type { RecordOutcome } from './mapped-batch';

/** A record, and where it goes or comes from. On the way in its offset is its place in the batch. */
export interface PassingRecord extends LogRecord {
  readonly topic: string;
  readonly partition: number;
}

/** Whose request it is. */
export interface RecordsOf {
  readonly request: Request;
  readonly connection: Connection;
}

/** What becomes of a record: other fields, null where it is dropped, nothing where it stays as it is. */
export type MapRecord = (record: PassingRecord, of: RecordsOf) => Later<RecordOutcome>;

export interface Mapping {
  readonly map: MapRecord;
  readonly isChosen: (topic: string) => boolean;
  readonly names: TopicNames;
  /** Most that a batch may decompress to. */
  readonly maxBytes: number;
}
