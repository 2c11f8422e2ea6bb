/** Makes topics and writes batches over the wire, one short call each; every error code is thrown, not looked at. */
import { createTopics } from '../../lib/apis/create-topics';
import { initProducerId } from '../../lib/apis/init-producer-id';
import { metadata } from '../../lib/apis/metadata';
import { produce } from '../../lib/apis/produce';
import type { Wire } from './wire';

export interface TopicWish {
  readonly partitions?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

/** Creates a topic and resolves with its id. */
export async function createTopic(wire: Wire, name: string, { partitions = 1, configs = {} }: TopicWish = {}) {
  const answer = await wire.request(createTopics, 7, {
    topics: [
      {
        name,
        numPartitions: partitions,
        replicationFactor: 1,
        assignments: [],
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
  });
  const row = answer.topics[0]!;
  if (row.errorCode !== 0) throw new Error(`creating ${name}: error ${row.errorCode} ${row.errorMessage}`);
  return row.topicId;
}

/** Id of a topic that is there. */
export async function topicIdOf(wire: Wire, name: string): Promise<string> {
  const answer = await wire.request(metadata, 12, {
    topics: [{ name, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    allowAutoTopicCreation: false,
    includeClusterAuthorizedOperations: false,
    includeTopicAuthorizedOperations: false,
  });
  const row = answer.topics[0]!;
  if (row.errorCode !== 0) throw new Error(`${name}: error ${row.errorCode}`);
  return row.topicId;
}

/** Writes one batch and resolves with the partition's row, whatever its error. */
export async function send(wire: Wire, topic: string, partition: number, batch: Buffer, acks = -1) {
  const answer = await wire.request(produce, 11, {
    acks,
    timeoutMs: 5000,
    topicData: [{ name: topic, topicId: '', partitionData: [{ index: partition, records: batch }] }],
  });
  return answer.responses[0]!.partitionResponses[0]!;
}

/** Writes one batch and resolves with its base offset; rejects on any error. */
export async function append(wire: Wire, topic: string, partition: number, batch: Buffer, acks = -1): Promise<number> {
  const row = await send(wire, topic, partition, batch, acks);
  if (row.errorCode !== 0) throw new Error(`${topic}-${partition}: error ${row.errorCode} ${row.errorMessage ?? ''}`);
  return row.baseOffset;
}

/** A fresh producer id, in epoch 0. Retries while the first block of ids is on its way (Apache Kafka answers 14). */
export async function newProducerId(wire: Wire): Promise<number> {
  for (let attempts = 100; attempts > 0; attempts--) {
    const answer = await wire.request(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 60_000 });
    if (answer.errorCode === 0) return answer.producerId;
    if (answer.errorCode !== 14) throw new Error(`InitProducerId: error ${answer.errorCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('InitProducerId: still loading');
}
