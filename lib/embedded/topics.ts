/**
 * Creates and deletes topics from inside the broker: no tap sees it and no client asks for it. Called by create-broker.ts.
 */
import { errors } from '../errors';
import type { Services } from '../services';
import { checkNames, UsageError } from '../usage';
import { Refused, refused } from './errors';

/** A topic to create. */
export interface WantedTopic {
  readonly name: string;
  /** `num.partitions` if absent. */
  readonly partitions?: number;
  /** The topic's own configuration, such as `{ 'retention.ms': 1000 }`. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
}

/** A topic that was created. */
export interface NewTopic {
  readonly name: string;
  /** 22 characters of base64url. */
  readonly topicId: string;
  readonly partitions: number;
}

/**
 * Creates topics, all in one step of the cluster; resolves when they can be used.
 * @throws Refused for the first that the controller refuses (the others are created), UsageError for what is no topic
 */
export async function createTopics(
  wanted: readonly (string | WantedTopic)[],
  { controller }: Pick<Services, 'controller'>,
  { isThereOk = false } = {},
): Promise<NewTopic[]> {
  const topics = wanted.map(readTopic);
  const outcomes = await controller
    .createTopics(
      topics.map(({ name, partitions = -1, config = {} }) => ({
        name,
        numPartitions: partitions,
        replicationFactor: -1,
        assignments: [],
        configs: Object.entries(config).map(([key, value]) => ({ name: key, value: String(value) })),
      })),
      false,
    )
    .catch((error) => {
      throw refused('create topics', error);
    });
  return outcomes.flatMap((outcome, i) => {
    if ('done' in outcome) {
      const { name, topicId, numPartitions } = outcome.done;
      return [{ name, topicId, partitions: numPartitions }];
    }
    if (isThereOk && outcome.refused.is(errors.TOPIC_ALREADY_EXISTS)) return [];
    throw new Refused(`create topic ${topics[i]!.name}`, outcome.refused);
  });
}

/** Deletes every topic, those of the broker itself too, and with them all groups; all in one step of the cluster. */
export async function deleteTopics({ controller, metadata }: Pick<Services, 'controller' | 'metadata'>): Promise<void> {
  const ids = [...metadata().topicsById.keys()];
  if (ids.length === 0) return;
  // One that somebody else has deleted meanwhile is gone as well.
  await controller.deleteTopics(ids).catch((error) => {
    throw refused('delete topics', error);
  });
}

const optionNames = ['name', 'partitions', 'config'] satisfies (keyof WantedTopic)[];

function readTopic(wanted: string | WantedTopic): WantedTopic {
  const topic = typeof wanted === 'string' ? { name: wanted } : wanted;
  if (typeof topic !== 'object' || topic === null || typeof topic.name !== 'string')
    throw new UsageError(`topic ${JSON.stringify(wanted)}: expected a name, or { name, partitions, config }`);
  checkNames(`topic ${topic.name}`, topic, optionNames);
  const { partitions = 1 } = topic;
  if (!Number.isInteger(partitions) || partitions < 1)
    throw new UsageError(`topic ${topic.name}: partitions: ${partitions}, expected a whole number of at least 1`);
  return topic;
}
