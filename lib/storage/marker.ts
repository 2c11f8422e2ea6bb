/**
 * Transaction markers: control batches with one record that ends a transaction, type 0 ABORT or 1 COMMIT (KIP-98).
 */
import { DecodeError, Reader } from '../protocol/bytes';
import { headerBytes, recordCount } from '../records/batch';
import type { BatchHeader } from './batch-header';
import type { TransactionEnd } from './producers';

/** What a control batch says about a transaction; null if it has no record (any more) or is of another kind. */
export function readTransactionEnd(header: BatchHeader, batch: Buffer): TransactionEnd | null {
  try {
    return recordCount(batch) < 1 ? null : parse(header, batch);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function parse(header: BatchHeader, batch: Buffer): TransactionEnd | null {
  const reader = new Reader(batch, headerBytes);
  reader.varint();
  reader.int8();
  const timestamp = reader.varlong();
  reader.varint();
  if (reader.varint() < 4) return null;
  reader.int16();
  const type = reader.int16();
  if (type !== 0 && type !== 1) return null;
  if (reader.varint() < 6) return null;
  reader.int16();
  const coordinatorEpoch = reader.int32();
  const baseTimestamp = new Reader(batch, 27).long();
  return {
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    coordinatorEpoch,
    aborted: type === 0,
    timestamp: baseTimestamp + timestamp,
  };
}
