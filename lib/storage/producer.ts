/** One producer as a partition knows it: its epoch, its last batches and its open transaction. Part of producers.ts. */

/** What is remembered of a batch. */
export interface ProducerBatch {
  readonly lastSequence: number;
  readonly lastOffset: number;
  /** Last offset − first offset. */
  readonly offsetDelta: number;
  /** The batch's largest timestamp, ms. */
  readonly timestamp: number;
}

/** Batches of a producer that can be recognised when they are sent again. */
const batchesKept = 5;
const maxSequence = 0x7fffffff;

function firstSequence(batch: ProducerBatch): number {
  const first = batch.lastSequence - batch.offsetDelta;
  return first < 0 ? first + maxSequence + 1 : first;
}

export class Producer {
  readonly producerId: number;
  epoch: number;
  /** −1: no marker was ever seen. */
  coordinatorEpoch = -1;
  /** Timestamp of the last batch or marker, ms; −1 if there was none. */
  lastTimestamp = -1;
  /** First offset of the open transaction, −1 for none. */
  openTransaction = -1;
  private readonly batches: ProducerBatch[] = [];

  constructor(producerId: number, epoch: number) {
    this.producerId = producerId;
    this.epoch = epoch;
  }

  /** −1 right after a new epoch or a marker that began one. */
  get lastSequence(): number {
    return this.batches.at(-1)?.lastSequence ?? -1;
  }

  get lastBatch(): ProducerBatch | undefined {
    return this.batches.at(-1);
  }

  /** The remembered batch of this epoch with exactly this range of sequence numbers. */
  find(epoch: number, baseSequence: number, lastSequence: number): ProducerBatch | undefined {
    if (epoch !== this.epoch) return undefined;
    for (const batch of this.batches) {
      if (batch.lastSequence === lastSequence && firstSequence(batch) === baseSequence) return batch;
    }
    return undefined;
  }

  add(epoch: number, batch: ProducerBatch): void {
    this.enter(epoch);
    if (this.batches.length === batchesKept) this.batches.shift();
    this.batches.push(batch);
    this.lastTimestamp = batch.timestamp;
  }

  /** A marker ends the open transaction; one with a new epoch also begins the sequence anew. */
  end(epoch: number, coordinatorEpoch: number, timestamp: number): void {
    this.enter(epoch);
    this.openTransaction = -1;
    this.coordinatorEpoch = coordinatorEpoch;
    this.lastTimestamp = timestamp;
  }

  isIdleSince(timestamp: number): boolean {
    return this.openTransaction < 0 && this.lastTimestamp <= timestamp;
  }

  private enter(epoch: number): void {
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.batches.length = 0;
  }
}
