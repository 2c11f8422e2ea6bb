/**
 * An admin: creates topics and deletes them. What was created is there, what was deleted is gone, and stays so, whatever
 * happens to the broker.
 */
import { createTopics } from '../../lib/apis/create-topics';
import { deleteTopics } from '../../lib/apis/delete-topics';
import { metadata } from '../../lib/apis/metadata';
import { errors } from '../../lib/errors';
import type { Client } from './client';

/** Creates a topic, however often that takes. */
export async function createForSure(client: Client, name: string, partitions: number): Promise<void> {
  for (;;) {
    const answer = await create(client, name, partitions);
    if (answer === 0 || answer === errors.TOPIC_ALREADY_EXISTS.code) return;
    await client.think();
  }
}

/** The error code; null where nobody knows. */
async function create(client: Client, name: string, numPartitions: number): Promise<number | null> {
  const topic = { name, numPartitions, replicationFactor: 1, assignments: [], configs: [] };
  const answer = await client.ask(createTopics, 5, { topics: [topic], timeoutMs: 1000, validateOnly: false });
  return answer?.topics[0]?.errorCode ?? null;
}

/** Resolves when the world ends. */
export async function runAdmin(client: Client): Promise<void> {
  const { world, dice } = client;
  /** Topics that are there for sure, and those that are gone for sure. */
  const present = new Set<string>();
  const gone = new Set<string>();
  for (let i = 0; !world.isEnding; ) {
    await client.think(20);
    const [oldest] = present;
    if (oldest !== undefined && dice.chance(0.5)) {
      const answer = await client.ask(deleteTopics, 5, { topicNames: [oldest], timeoutMs: 1000 });
      present.delete(oldest);
      const code = answer?.responses[0]?.errorCode;
      if (code === 0) gone.add(oldest);
      else if (code !== undefined) client.isPassing(code, `delete ${oldest}`);
    } else {
      const name = `e${i++}`;
      const code = await create(client, name, dice.int(1, 3));
      if (code === 0) present.add(name);
      else if (code !== null) client.isPassing(code, `create ${name}`);
    }
    const answer = await client.ask(metadata, 9, {
      ...{ topics: null, allowAutoTopicCreation: false },
      ...{ includeClusterAuthorizedOperations: false, includeTopicAuthorizedOperations: false },
    });
    if (answer === null || answer.topics.length === 0) continue;
    const named = new Set(answer.topics.map(({ name }) => name));
    for (const name of present) if (!named.has(name)) world.ledger.fault(`topic ${name} was created and is not there`);
    for (const name of gone) if (named.has(name)) world.ledger.fault(`topic ${name} was deleted and is there`);
  }
}
