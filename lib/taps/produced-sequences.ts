/**
 * Sequence numbers of idempotent producers where a tap drops some of their records: the log counts those that it gets,
 * the producer those that it sent. Called by map-records.ts; pure.
 *
 * What always holds: a batch that comes again gets the numbers that it had, as long as it keeps as many records; a new
 * epoch begins anew; a producer of which nothing was ever dropped costs no memory. The memory for those of which something
 * was is bounded: who is forgotten is told OUT_OF_ORDER_SEQUENCE_NUMBER by the broker, and begins a new epoch.
 */

/** From this number of the producer on, the log is behind it by so many. */
interface Step {
  readonly from: number;
  readonly behind: number;
}

interface Producer {
  readonly epoch: number;
  steps: readonly Step[];
}

/** Kafka remembers five batches of a producer for those that come again. */
const stepsMax = 8;
const sequences = 0x80000000;

/** The producer of a batch in one partition. */
export interface BatchProducer {
  readonly partition: string;
  readonly producerId: number;
  readonly epoch: number;
}

export class ProducedSequences {
  private readonly maxProducers: number;
  private readonly producers = new Map<string, Producer>();

  /** @param maxProducers how many are remembered, each in each partition; those that were heard of last */
  constructor(maxProducers: number) {
    this.maxProducers = maxProducers;
  }

  /** Number in the log of what the producer numbers so. */
  inLog(from: BatchProducer, sequence: number): number {
    const producer = this.producers.get(keyOf(from));
    if (producer === undefined || producer.epoch !== from.epoch) return sequence;
    const step = producer.steps.findLast(({ from }) => isAtOrAfter(sequence, from));
    return minus(sequence, step?.behind ?? 0);
  }

  /** Of a batch that begins with `sequence` and had so many records, so many are kept. */
  note(from: BatchProducer, sequence: number, had: number, kept: number): void {
    const key = keyOf(from);
    let producer = this.producers.get(key);
    const isOld = producer !== undefined && producer.epoch > from.epoch;
    if (isOld || (had === kept && producer?.epoch !== from.epoch)) return;
    if (producer?.epoch !== from.epoch) producer = { epoch: from.epoch, steps: [] };
    const next: Step = {
      from: (sequence + had) % sequences,
      behind: (minus(sequence, this.inLog(from, sequence)) + had - kept) % sequences,
    };
    const isKnown = producer!.steps.some((step) => step.from === next.from && step.behind === next.behind);
    // One that is numbered anew (a batch before it was given up) makes all that is known of later ones wrong.
    if (!isKnown) {
      const before = producer!.steps.filter((step) => isAtOrAfter(sequence, step.from));
      producer!.steps = [...before, next].slice(-stepsMax);
    }
    this.producers.delete(key);
    this.producers.set(key, producer!);
    for (const [oldest] of this.producers) {
      if (this.producers.size <= this.maxProducers) break;
      this.producers.delete(oldest);
    }
  }

  get size(): number {
    return this.producers.size;
  }
}

function keyOf({ partition, producerId }: BatchProducer): string {
  return `${producerId} ${partition}`;
}

/** Numbers go round: of two, the one that is less than half the way ahead is the later one. */
function isAtOrAfter(sequence: number, other: number): boolean {
  return minus(sequence, other) < sequences / 2;
}

function minus(sequence: number, less: number): number {
  return (sequence - less + sequences) % sequences;
}
