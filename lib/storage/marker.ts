/**
 * Transaction markers: control batches with one record that ends a transaction, ABORT or COMMIT (KIP-98). Called where a
 * batch is noted: by the partition writer and by recovery.
 */
import { KafkaError } from '../errors';
import { readControlRecord } from '../records/control';
import { recordsOf } from '../records/record';
import type { BatchHeader } from './batch-header';
import type { TransactionEnd } from './producers';

/** What a control batch says about a transaction; null if it has no record (any more) or is of another kind. */
export function readTransactionEnd(header: BatchHeader, batch: Buffer): TransactionEnd | null {
  const { producerId, producerEpoch } = header;
  try {
    for (const record of recordsOf(batch)) {
      const control = readControlRecord(record);
      if (control?.type !== 'ABORT' && control?.type !== 'COMMIT') return null;
      const { coordinatorEpoch } = control.value;
      const aborted = control.type === 'ABORT';
      return { producerId, producerEpoch, coordinatorEpoch, aborted, timestamp: record.timestamp };
    }
  } catch (error) {
    // Whoever wrote it had its reasons; it ends no transaction that could be told.
    if (!(error instanceof KafkaError)) throw error;
  }
  return null;
}
