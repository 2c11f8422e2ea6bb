/**
 * The producers that wrote to one partition: what makes produce idempotent (KIP-98) and shows where open transactions
 * begin. The partition writer checks and notes every batch here in log order; recovery notes them without checking.
 *
 * Per producer the last five batches are remembered, so that a batch sent again is answered as it was the first time.
 * (Kafka's ProducerStateManager, ProducerAppendInfo and ProducerStateEntry)
 */
import { errors, type KafkaError } from '../errors';
import { addToSequence } from '../records/batch';
import { Producer, type ProducerBatch } from './producer';

/** What the producer state must know of a batch that is about to get offsets. */
export interface SequencedBatch {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly maxTimestamp: number;
  readonly isTransactional: boolean;
}

/** An end of a transaction, read from its marker. */
export interface TransactionEnd {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly aborted: boolean;
  /** Timestamp of the marker. */
  readonly timestamp: number;
}

/** A transaction with data whose marker has been noted. */
export interface CompletedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
  /** Offset of the marker. */
  readonly lastOffset: number;
  readonly aborted: boolean;
}

export class Producers {
  private readonly byId = new Map<number, Producer>();
  /** First offset → producer id of the transactions whose marker is not in the log, in order of their offsets. */
  private open = new Map<number, number>();

  get size(): number {
    return this.byId.size;
  }

  get(producerId: number): Producer | undefined {
    return this.byId.get(producerId);
  }

  [Symbol.iterator](): Iterator<Producer> {
    return this.byId.values();
  }

  /** Where the earliest open transaction begins; −1 if there is none. */
  get firstUnstableOffset(): number {
    for (const offset of this.open.keys()) return offset;
    return -1;
  }

  /** The remembered batch that `batch` repeats, if it does. */
  duplicate(batch: SequencedBatch): ProducerBatch | undefined {
    return this.byId.get(batch.producerId)?.find(batch.producerEpoch, batch.baseSequence, batch.lastSequence);
  }

  /** Why a client's batch must not be appended now; null if it may. */
  refusal(batch: SequencedBatch): KafkaError | null {
    const producer = this.byId.get(batch.producerId);
    if (producer === undefined) return null;
    const who = `producer ${batch.producerId}`;
    if (batch.producerEpoch < producer.epoch) {
      return errors.INVALID_PRODUCER_EPOCH.because(
        `${who} has epoch ${producer.epoch}, the batch has ${batch.producerEpoch}`,
      );
    }
    if (batch.producerEpoch > producer.epoch) {
      // Without a known epoch (only markers of a cleaned log left) any sequence may come first.
      if (batch.baseSequence !== 0 && producer.epoch >= 0) {
        return errors.OUT_OF_ORDER_SEQUENCE_NUMBER.because(
          `${who} begins epoch ${batch.producerEpoch} with sequence ${batch.baseSequence} instead of 0`,
        );
      }
    } else {
      const expected = addToSequence(producer.lastSequence, 1);
      if (batch.baseSequence !== expected) {
        return errors.OUT_OF_ORDER_SEQUENCE_NUMBER.because(
          `${who} sent sequence ${batch.baseSequence}, expected ${expected}`,
        );
      }
    }
    if (producer.openTransaction >= 0 && !batch.isTransactional) {
      return errors.INVALID_TXN_STATE.because(
        `${who} has a transaction open since offset ${producer.openTransaction}, the batch is not part of one`,
      );
    }
    return null;
  }

  /** Notes a batch of data that is in the log, or is about to be. */
  note(batch: SequencedBatch, baseOffset: number, lastOffset: number): void {
    let producer = this.byId.get(batch.producerId);
    if (producer === undefined) {
      producer = new Producer(batch.producerId, batch.producerEpoch);
      this.byId.set(batch.producerId, producer);
    }
    producer.add(batch.producerEpoch, {
      lastSequence: batch.lastSequence,
      lastOffset,
      offsetDelta: lastOffset - baseOffset,
      timestamp: batch.maxTimestamp,
    });
    if (batch.isTransactional && producer.openTransaction < 0) {
      producer.openTransaction = baseOffset;
      this.open.set(baseOffset, batch.producerId);
    }
  }

  /** Why a marker must not be appended now; null if it may. */
  endRefusal(end: TransactionEnd): KafkaError | null {
    const producer = this.byId.get(end.producerId);
    if (producer === undefined) return null;
    if (end.producerEpoch < producer.epoch) {
      return errors.INVALID_PRODUCER_EPOCH.because(
        `producer ${end.producerId} has epoch ${producer.epoch}, the marker has ${end.producerEpoch}`,
      );
    }
    if (end.coordinatorEpoch < producer.coordinatorEpoch) {
      return errors.TRANSACTION_COORDINATOR_FENCED.because(
        `coordinator epoch ${end.coordinatorEpoch} is below ${producer.coordinatorEpoch}`,
      );
    }
    return null;
  }

  /**
   * Notes a transaction marker. The transaction it ends, if that has data here, still counts as open until `complete`
   * is called: its records stay above the last stable offset until the marker can be read.
   */
  end(end: TransactionEnd, markerOffset: number): CompletedTransaction | null {
    let producer = this.byId.get(end.producerId);
    if (producer === undefined) {
      producer = new Producer(end.producerId, end.producerEpoch);
      this.byId.set(end.producerId, producer);
    }
    const firstOffset = producer.openTransaction;
    producer.end(end.producerEpoch, end.coordinatorEpoch, end.timestamp);
    if (firstOffset < 0) return null;
    return { producerId: end.producerId, firstOffset, lastOffset: markerOffset, aborted: end.aborted };
  }

  /** The last stable offset as the transaction's marker leaves it: what its `.txnindex` entry says. */
  lastStableOffset(completed: CompletedTransaction): number {
    for (const [firstOffset, producerId] of this.open) {
      if (producerId !== completed.producerId) return firstOffset;
    }
    return completed.lastOffset + 1;
  }

  /** The marker of this transaction is in the log. */
  complete(completed: CompletedTransaction): void {
    this.open.delete(completed.firstOffset);
  }

  /** Takes in a producer read from a snapshot. */
  restore(producer: Producer): void {
    this.byId.set(producer.producerId, producer);
    if (producer.openTransaction < 0) return;
    this.open.set(producer.openTransaction, producer.producerId);
    this.open = new Map([...this.open].sort(([a], [b]) => a - b));
  }

  /** Forgets producers without an open transaction that last wrote at or before `timestamp`. */
  expire(timestamp: number): void {
    for (const producer of this.byId.values()) {
      if (producer.isIdleSince(timestamp)) this.byId.delete(producer.producerId);
    }
  }

  clear(): void {
    this.byId.clear();
    this.open.clear();
  }
}
