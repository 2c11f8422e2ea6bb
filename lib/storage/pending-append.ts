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
    this.settled(this);
    const { baseOffset, logAppendTimeMs } = this;
    this.resolve({ baseOffset, logAppendTimeMs, logStartOffset: this.partition.logStartOffset });
  }

  /** Nothing of it was written. */
  fail(error: KafkaError): void {
    this.settled(this);
    this.reject(error);
  }
}
