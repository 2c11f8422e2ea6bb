/**
 * A well-behaved client that keeps producing to a partition of its own, one request after another, while a spec does its
 * worst to the broker: it notices every refusal, every lost connection and every record out of place.
 */
import { buildBatch } from '../../lib/records/build';
import { readAll } from './reading';
import { Wire } from './wire';
import { append, createTopic } from './writing';

const topic = 'steady';

export class SteadyProducer {
  private readonly wire: Wire;
  private readonly topicId: string;
  private readonly over: Promise<void>;
  private acked = 0;
  private stopping = false;
  private failure: unknown = null;

  private constructor(wire: Wire, topicId: string) {
    this.wire = wire;
    this.topicId = topicId;
    this.over = this.produce();
  }

  static async start(bootstrap: string): Promise<SteadyProducer> {
    const wire = await Wire.connect(bootstrap);
    return new SteadyProducer(wire, await createTopic(wire, topic));
  }

  /** Acknowledgements so far. */
  get count(): number {
    return this.acked;
  }

  /** Resolves once a record that was sent after this call is acknowledged; rejects when the broker let it down. */
  async beat(): Promise<void> {
    const enough = this.acked + 2; // the first of them may have been under way
    while (this.acked < enough && this.failure === null && !this.stopping)
      await new Promise((resolve) => setTimeout(resolve, 1));
    if (this.failure !== null) throw this.failure;
    if (this.stopping) throw new Error('the producer was stopped');
  }

  /** Stops, and checks that the partition holds what was acknowledged, in order, and nothing else. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.over;
    if (this.failure !== null) throw this.failure;
    const records = await readAll(this.wire, { topic, topicId: this.topicId, partition: 0, offset: 0 });
    this.wire.close();
    if (records.length !== this.acked) throw new Error(`${records.length} records, ${this.acked} acknowledged`);
    const misplaced = records.find(({ offset, value }, i) => offset !== i || Number(value) !== i);
    if (misplaced) throw new Error(`offset ${misplaced.offset} has record ${misplaced.value}`);
  }

  private async produce(): Promise<void> {
    try {
      while (!this.stopping) {
        const offset = await append(this.wire, topic, 0, buildBatch([{ value: `${this.acked}` }]));
        if (offset !== this.acked) throw new Error(`record ${this.acked} got offset ${offset}`);
        this.acked++;
      }
    } catch (error) {
      this.failure = error;
    }
  }
}
