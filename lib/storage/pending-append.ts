/** An append on its way through the Subject to the partition's writer, and the promise that waits for it. */
import type { KafkaError } from '../errors';
import type { Append, Appended } from './engine';
import type { Partition } from './partition';

export class PendingAppend {
  readonly partition: Partition;
  readonly batch: Buffer;
  readonly isFromClient: boolean;
  /** Set by the writer: where the batch goes. */
  baseOffset = -1;
  lastOffset = -1;
  maxTimestamp = -1;
  /** What the append is answered with besides its offset: −1 on CreateTime topics. */
  logAppendTimeMs = -1;
  private readonly resolve: (answer: Appended) => void;
  private readonly reject: (error: unknown) => void;
  private readonly settled: (append: PendingAppend) => void;
  private isAnswered = false;

  /** @param settled called once, before the promise settles */
  constructor(
    partition: Partition,
    append: Append,
    resolve: (answer: Appended) => void,
    reject: (error: unknown) => void,
    settled: (append: PendingAppend) => void,
  ) {
    this.partition = partition;
    this.batch = append.batch;
    this.isFromClient = append.origin !== 'coordinator';
    this.resolve = resolve;
    this.reject = reject;
    this.settled = settled;
  }

  /** The batch is in the log. */
  done(): void {
    if (!this.settle()) return;
    const { baseOffset, logAppendTimeMs } = this;
    this.resolve({ baseOffset, logAppendTimeMs, logStartOffset: this.partition.logStartOffset });
  }

  /** Nothing of it was written. An append that was answered already stays so. */
  fail(error: KafkaError): void {
    if (this.settle()) this.reject(error);
  }

  private settle(): boolean {
    if (this.isAnswered) return false;
    this.isAnswered = true;
    this.settled(this);
    return true;
  }
}
