/**
 * The error of a batch in which single records are at fault: INVALID_TIMESTAMP or INVALID_RECORD, with the list that
 * Produce answers from version 8 on (KIP-467). Thrown by validate.ts, told apart by apis/produce.ts.
 */
import { KafkaError } from '../errors';

/** One record at fault, named as in ProduceResponse. */
export interface RecordError {
  /** Index of the record in its batch. */
  readonly batchIndex: number;
  readonly batchIndexErrorMessage: string;
}

export class RecordsRefused extends KafkaError {
  /** Never null, unlike that of other errors: the only one that Kafka puts into `errorMessage`. */
  declare readonly message: string;
  readonly recordErrors: readonly RecordError[];

  constructor(error: KafkaError, message: string, recordErrors: readonly RecordError[]) {
    super(error.name, error.code, error.retriable, message);
    this.recordErrors = recordErrors;
    Object.freeze(this);
  }
}
