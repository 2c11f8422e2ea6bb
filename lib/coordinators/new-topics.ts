/**
 * What becomes of a request for new topics or partitions: the checks of Kafka's controller in its order and with its
 * messages, and the records that make them (org.apache.kafka.controller.ReplicationControlManager). Pure; called by
 * controller.ts.
 */
import type { Config } from '../config';
import { errors, KafkaError } from '../errors';
import { metadataVersions } from '../features';
import { mapKey } from '../map-key';
import { keepsElr, type MetadataImage, metadataVersion } from '../storage/metadata-image';
import type { MetadataDraft } from '../storage/metadata-records';
import { validateTopicConfigs } from '../topic-config';
import { collisionKey, metadataTopic, topicNameFault } from '../topic-names';
import { type NewId, randomUuid } from '../uuid';
import type { CreatedTopic, NewPartitions, NewTopic, Outcome } from './controller';
import { Placement } from './placement';

/** Most partitions that one request may bring. */
export const partitionsMaxPerRequest = 10_000;

export interface Plan<T> {
  readonly outcomes: Outcome<T>[];
  /** What is to be written, as one step; empty if everything was refused. */
  readonly records: readonly MetadataDraft[];
}

/**
 * Plans new topics.
 * @throws KafkaError POLICY_VIOLATION when the request is too large as a whole
 */
export function planTopics(
  topics: readonly NewTopic[],
  image: MetadataImage,
  nodeId: number,
  config: Config,
  newId?: NewId,
): Plan<CreatedTopic> {
  const wanted = (topic: NewTopic) => {
    if (topic.assignments.length > 0) return topic.assignments.length;
    return topic.numPartitions === -1 ? config['num.partitions'] : Math.max(0, topic.numPartitions);
  };
  refuseExcess(topics.reduce((sum, topic) => sum + wanted(topic), 0));
  const placement = new Placement(image, nodeId);
  const records: MetadataDraft[] = [];
  const names = new Set<string>();
  const outcomes = topics.map((topic) =>
    outcomeOf(() => {
      if (topicNameFault(topic.name) === null && names.has(topic.name))
        throw errors.INVALID_REQUEST.because('Duplicate topic name.');
      checkName(topic.name, image);
      const configs = new Map(topic.configs.map(({ name, value }) => [mapKey(name), value]));
      const fault = validateTopicConfigs(configs, config);
      if (fault !== null) throw errors.INVALID_CONFIG.because(fault);
      const assignments = topic.assignments.length > 0 ? assigned(topic, image) : placed(topic, image, nodeId, config);
      if (!placement.possible) throw notReplicable(assignments[0]!.length, noBroker);
      names.add(topic.name);
      const set = configs as ReadonlyMap<string, string>;
      const topicId = randomUuid(newId);
      records.push(...topicRecords(topic.name, topicId, set, image));
      records.push(...placement.records(topicId, 0, assignments));
      const { length: numPartitions } = assignments;
      return { name: topic.name, topicId, numPartitions, replicationFactor: assignments[0]!.length, configs: set };
    }),
  );
  return { outcomes, records };
}

/**
 * Plans more partitions of topics.
 * @throws KafkaError POLICY_VIOLATION when the request is too large as a whole
 */
export function planPartitions(topics: readonly NewPartitions[], image: MetadataImage, nodeId: number): Plan<void> {
  const has = (name: string) => image.topicsByName.get(name)?.partitions.length ?? 0;
  refuseExcess(topics.reduce((sum, { name, count }) => sum + Math.max(0, has(name) > 0 ? count - has(name) : 0), 0));
  const placement = new Placement(image, nodeId);
  const records: MetadataDraft[] = [];
  const names = new Set<string>();
  const outcomes = topics.map(({ name, count, assignments }) =>
    outcomeOf(() => {
      const topic = image.topicsByName.get(name);
      if (topic === undefined) throw errors.UNKNOWN_TOPIC_OR_PARTITION;
      if (names.has(name)) throw errors.INVALID_REQUEST.because('Duplicate topic name.');
      const { length: present } = topic.partitions;
      if (count === present) throw errors.INVALID_PARTITIONS.because(`Topic already has ${present} partition(s).`);
      if (count < present)
        throw errors.INVALID_PARTITIONS.because(
          `The topic ${name} currently has ${present} partition(s); ${count} would not be an increase.`,
        );
      const added = count - present;
      if (assignments !== null && assignments.length !== added)
        throw errors.INVALID_REPLICA_ASSIGNMENT.because(
          `Attempted to add ${added} additional partition(s), but only ${assignments.length} assignment(s) were specified.`,
        );
      const factor = topic.partitions[0]?.replicas.length ?? 1;
      const replicas = assignments?.map(({ brokerIds }, i) => {
        checkAssignment(brokerIds, factor, present + i, image);
        return brokerIds;
      });
      const all = replicas ?? spread(added, factor, image, nodeId);
      if (!placement.possible) throw errors.INVALID_REPLICATION_FACTOR.because(noBroker);
      names.add(name);
      records.push(...placement.records(topic.id, present, all));
    }),
  );
  return { outcomes, records };
}

const noBroker = 'All brokers are currently fenced, or have all their log directories cordoned.';

function outcomeOf<T>(plan: () => T): Outcome<T> {
  try {
    return { done: plan() };
  } catch (error) {
    if (error instanceof KafkaError) return { refused: error };
    throw error;
  }
}

function refuseExcess(partitions: number): void {
  if (partitions > partitionsMaxPerRequest)
    throw errors.POLICY_VIOLATION.because('Excessively large number of partitions per request.');
}

function checkName(name: string, image: MetadataImage): void {
  const fault = topicNameFault(name);
  if (fault !== null) throw errors.INVALID_TOPIC_EXCEPTION.because(fault);
  if (name === metadataTopic)
    throw errors.INVALID_REQUEST.because(`Creation of internal topic ${metadataTopic} is prohibited.`);
  if (image.topicsByName.has(name)) throw errors.TOPIC_ALREADY_EXISTS.because(`Topic '${name}' already exists.`);
  const [other] = image.collisions.get(collisionKey(name) ?? '') ?? [];
  if (other !== undefined)
    throw errors.INVALID_TOPIC_EXCEPTION.because(`Topic '${name}' collides with existing topic: ${other}`);
}

/** Replicas of each partition, as the request gives them. */
function assigned(topic: NewTopic, image: MetadataImage): (readonly number[])[] {
  const manual = 'A manual partition assignment was specified, but';
  if (topic.replicationFactor !== -1)
    throw errors.INVALID_REQUEST.because(`${manual} replication factor was not set to -1.`);
  if (topic.numPartitions !== -1) throw errors.INVALID_REQUEST.because(`${manual} numPartitions was not set to -1.`);
  const partitions: (readonly number[])[] = [];
  let factor: number | null = null;
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    if (partitions[partitionIndex] !== undefined)
      throw errors.INVALID_REPLICA_ASSIGNMENT.because(
        `Found multiple manual partition assignments for partition ${partitionIndex}`,
      );
    checkAssignment(brokerIds, factor, partitionIndex, image);
    factor = brokerIds.length;
    if (partitionIndex < 0 || partitionIndex >= topic.assignments.length) throw notConsecutive;
    partitions[partitionIndex] = brokerIds;
  }
  return partitions;
}

const notConsecutive = errors.INVALID_REPLICA_ASSIGNMENT.because(
  'partitions should be a consecutive 0-based integer sequence',
);

function checkAssignment(replicas: readonly number[], factor: number | null, partition: number, image: MetadataImage) {
  const refuse = (what: string) => errors.INVALID_REPLICA_ASSIGNMENT.because(`The manual partition assignment ${what}`);
  if (replicas.length === 0) throw refuse('includes an empty replica list.');
  const sorted = [...replicas].sort((a, b) => a - b);
  for (const [i, id] of sorted.entries()) {
    if (!image.brokers.has(id)) throw refuse(`includes broker ${id}, but no such broker is registered.`);
    if (id === sorted[i - 1]) throw refuse(`includes the broker ${id} more than once.`);
  }
  if (factor !== null && factor !== replicas.length)
    throw refuse(
      `includes a partition with ${replicas.length} replica(s), but this is not consistent with previous ` +
        `partitions, which have ${factor} replica(s).`,
    );
  if (!replicas.some((id) => isActive(image, id)))
    throw errors.INVALID_REPLICA_ASSIGNMENT.because(
      `All brokers specified in the manual partition assignment for partition ${partition} are fenced or in controlled shutdown.`,
    );
}

/** Replicas of each partition, by their numbers. */
function placed(topic: NewTopic, image: MetadataImage, nodeId: number, config: Config): (readonly number[])[] {
  const { replicationFactor, numPartitions } = topic;
  if (replicationFactor < -1 || replicationFactor === 0)
    throw errors.INVALID_REPLICATION_FACTOR.because(
      'Replication factor must be larger than 0, or -1 to use the default value.',
    );
  if (numPartitions < -1 || numPartitions === 0)
    throw errors.INVALID_PARTITIONS.because('Number of partitions was set to an invalid non-positive value.');
  const factor = replicationFactor === -1 ? config['default.replication.factor'] : replicationFactor;
  const count = numPartitions === -1 ? config['num.partitions'] : numPartitions;
  try {
    return spread(count, factor, image, nodeId);
  } catch (error) {
    throw error instanceof KafkaError ? notReplicable(factor, error.message ?? '') : error;
  }
}

function notReplicable(factor: number, why: string): KafkaError {
  return errors.INVALID_REPLICATION_FACTOR.because(`Unable to replicate the partition ${factor} time(s): ${why}`);
}

/** A single node can hold one replica of each partition, and no more. */
function spread(count: number, factor: number, image: MetadataImage, nodeId: number): (readonly number[])[] {
  if (!isActive(image, nodeId)) throw errors.INVALID_REPLICATION_FACTOR.because(noBroker);
  const active = [...image.brokers.keys()].filter((id) => isActive(image, id)).length;
  if (factor > active)
    throw errors.INVALID_REPLICATION_FACTOR.because(
      `The target replication factor of ${factor} cannot be reached because only ${active} broker(s) are registered.`,
    );
  return Array.from({ length: count }, () => [nodeId]);
}

function isActive(image: MetadataImage, id: number): boolean {
  const broker = image.brokers.get(id);
  return broker !== undefined && !broker.fenced && !broker.inControlledShutdown;
}

function topicRecords(
  name: string,
  topicId: string,
  configs: ReadonlyMap<string, string>,
  image: MetadataImage,
): MetadataDraft[] {
  const records: MetadataDraft[] = [{ name: 'TopicRecord', version: 0, data: { name, topicId } }];
  for (const [key, value] of configs) {
    const data = { resourceType: 2, resourceName: name, name: key, value };
    records.push({ name: 'ConfigRecord', version: 0, data });
  }
  // Another number of in-sync replicas makes what was written down as eligible meaningless (KIP-966).
  if (configs.has('min.insync.replicas') && keepsElr(image) && metadataVersion(image) >= metadataVersions['4.0-IV1'])
    records.push({ name: 'ClearElrRecord', version: 0, data: { topicName: name } });
  return records;
}
