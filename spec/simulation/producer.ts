/**
 * A producer: sends small batches, one at a time to each partition, and sends each again until it is acknowledged, as it was.
 * An idempotent one numbers them; it never hears that a number is wrong.
 */
import { initProducerId } from '../../lib/apis/init-producer-id';
import { produce } from '../../lib/apis/produce';
import { buildBatch } from '../../lib/records/build';
import { codecs } from '../../lib/records/compression';
import type { Client } from './client';

interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly values: readonly string[];
  readonly bytes: Buffer;
}

export interface ProducerOptions {
  readonly partitions: readonly (readonly [topic: string, partition: number])[];
  readonly isIdempotent: boolean;
}

/** Resolves when the world ends and everything it began is acknowledged. */
export async function runProducer(client: Client, { partitions, isIdempotent }: ProducerOptions): Promise<void> {
  const { world, dice, name } = client;
  const version = dice.pick([7, 9, 11]);
  const codec = dice.pick([codecs.none, codecs.none, codecs.gzip]);
  const sequences = new Map<string, number>();
  let sent = 0;
  let producerId = -1;
  if (isIdempotent) {
    world.ledger.noDuplicates(name);
    while (producerId < 0) {
      const given = await client.ask(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 60_000 });
      if (given !== null && given.errorCode === 0) producerId = given.producerId;
      else await client.think();
    }
  }
  const make = (topic: string, partition: number): Batch => {
    const place = `${topic}-${partition}`;
    const values = Array.from({ length: dice.int(1, 4) }, () => `${name}:${sent++}`);
    const baseSequence = sequences.get(place) ?? 0;
    sequences.set(place, baseSequence + values.length);
    const idempotence = isIdempotent ? { producerId, producerEpoch: 0, baseSequence } : {};
    const bytes = buildBatch(
      values.map((value) => ({ value })),
      { timestamp: world.clock.now(), codec, ...idempotence },
    );
    world.ledger.sends(place, values);
    return { topic, partition, values, bytes };
  };

  let pending: Batch[] = [];
  while (!world.isEnding || pending.length > 0) {
    await client.think();
    if (!world.isEnding) {
      for (const [topic, partition] of partitions) {
        const isBusy = pending.some((batch) => batch.topic === topic && batch.partition === partition);
        if (!isBusy && dice.chance(0.5)) pending.push(make(topic, partition));
      }
    }
    if (pending.length === 0) continue;
    if (dice.chance(0.03)) client.hangUp();
    const topics = [...new Set(pending.map(({ topic }) => topic))];
    const answer = await client.ask(produce, version, {
      acks: dice.pick([1, -1]),
      timeoutMs: 1000,
      topicData: topics.map((topic) => ({
        name: topic,
        partitionData: pending
          .filter((batch) => batch.topic === topic)
          .map(({ partition, bytes }) => ({ index: partition, records: bytes })),
      })),
    });
    if (answer === null) continue;
    const rows = answer.responses.flatMap(({ name: topic, partitionResponses }) =>
      partitionResponses.map((row) => ({ ...row, place: `${topic}-${row.index}` })),
    );
    pending = pending.filter(({ topic, partition, values }) => {
      const place = `${topic}-${partition}`;
      const row = rows.find((one) => one.place === place);
      if (row === undefined) {
        world.ledger.fault(`${name}: no answer for ${place}`);
        return true;
      }
      if (row.errorCode === 0) world.ledger.ackedAt(place, row.baseOffset, values);
      else client.isPassing(row.errorCode, `produce to ${place}`);
      return row.errorCode !== 0;
    });
  }
}
