/**
 * What metadata records mean: `applyRecords` folds them into an image and gives the next image. Pure.
 * Called by metadata-log.ts for a snapshot, for the log and for each append.
 *
 * What always holds: the image of a log is the same whether its records were applied one by one or all at once; records
 * between BeginTransaction and EndTransaction show all at once or, after AbortTransaction, never (KIP-868).
 */
import { collisionKey } from '../topic-names';
import { type BrokerImage, configKey, imageOf, type MetadataImage, type PartitionImage } from './metadata-image';
import type { MetadataRecord, RecordData, UnknownRecord } from './metadata-records';
import { changedPartition, newPartition, partitionMaxIndex, withoutElr, withoutHoles } from './partition-fold';
import { MapDraft } from './sharded-map';

type AnyRecord = MetadataRecord | UnknownRecord;

/** Told of each record that does not fit what came before it; such a record changes nothing. */
export type Warn = (what: string) => void;

/**
 * The image after these records.
 * @param lastOffset offset of the last of them
 */
export function applyRecords(
  image: MetadataImage,
  records: readonly AnyRecord[],
  lastOffset: number,
  warn: Warn = () => {},
): MetadataImage {
  const draft = new ImageDraft(image, warn);
  for (const record of records) draft.take(record);
  return draft.finish(lastOffset);
}

class ImageDraft {
  private readonly image: MetadataImage;
  private readonly warn: Warn;
  private readonly topicsByName;
  private readonly topicsById;
  private readonly collisions;
  private readonly brokers;
  private readonly controllers;
  private readonly features;
  private readonly configs;
  private readonly kept;
  /** Partitions of topics that were touched, by topic id; no one else has these arrays. */
  private readonly partitions = new Map<string, PartitionImage[]>();
  private nextProducerId: number;
  private unknown: readonly UnknownRecord[];
  private transaction: AnyRecord[] | null;

  constructor(image: MetadataImage, warn: Warn) {
    this.image = image;
    this.warn = warn;
    this.topicsByName = new MapDraft(image.topicsByName);
    this.topicsById = new MapDraft(image.topicsById);
    this.collisions = new MapDraft(image.collisions);
    this.brokers = new MapDraft(image.brokers);
    this.controllers = new MapDraft(image.controllers);
    this.features = new MapDraft(image.features);
    this.configs = new MapDraft(image.allConfigs);
    this.kept = new MapDraft(image.kept);
    this.nextProducerId = image.nextProducerId;
    this.unknown = image.unknown;
    this.transaction = image.transaction === null ? null : [...image.transaction];
  }

  /** Takes the next record of the log: into the image, or aside until its transaction has ended. */
  take(record: AnyRecord): void {
    if (record.name === 'BeginTransactionRecord') {
      if (this.transaction !== null) this.warn('a transaction begins within a transaction');
      this.transaction ??= [];
    } else if (record.name === 'EndTransactionRecord') {
      const records = this.transaction ?? [];
      this.transaction = null;
      for (const held of records) this.apply(held);
    } else if (record.name === 'AbortTransactionRecord') this.transaction = null;
    else if (this.transaction !== null) this.transaction.push(record);
    else this.apply(record);
  }

  finish(lastOffset: number): MetadataImage {
    for (const [id, partitions] of this.partitions) {
      const topic = this.topicsById.get(id);
      if (topic === undefined) continue;
      const changed = { ...topic, partitions: withoutHoles(partitions, topic.name, this.warn) };
      this.topicsById.set(id, changed);
      this.topicsByName.set(topic.name, changed);
    }
    return imageOf({
      topicsByName: this.topicsByName.result,
      topicsById: this.topicsById.result,
      collisions: this.collisions.result,
      brokers: this.brokers.result,
      controllers: this.controllers.result,
      features: this.features.result,
      lastOffset: Math.max(lastOffset, this.image.lastOffset),
      allConfigs: this.configs.result,
      nextProducerId: this.nextProducerId,
      kept: this.kept.result,
      unknown: this.unknown,
      transaction: this.transaction,
    });
  }

  private apply(record: AnyRecord): void {
    switch (record.name) {
      case 'TopicRecord':
        return this.addTopic(record.data);
      case 'PartitionRecord':
        return this.changePartition(record.data, () => newPartition(record.data));
      case 'PartitionChangeRecord':
        return this.changePartition(record.data, (was) => was && changedPartition(was, record.data));
      case 'RemoveTopicRecord':
        return this.removeTopic(record.data.topicId);
      case 'ClearElrRecord':
        return this.clearElr(record.data.topicName);
      case 'ConfigRecord':
        return this.setConfig(record.data);
      case 'RegisterBrokerRecord':
        return this.registerBroker(record.data);
      case 'UnregisterBrokerRecord':
        return this.brokers.delete(record.data.brokerId);
      case 'FenceBrokerRecord':
        return this.changeBroker(record.data.id, { fenced: true });
      case 'UnfenceBrokerRecord':
        return this.changeBroker(record.data.id, { fenced: false });
      case 'BrokerRegistrationChangeRecord':
        return this.changeBroker(record.data.brokerId, registrationChange(record.data));
      case 'RegisterControllerRecord':
        return this.controllers.set(record.data.controllerId, record.data);
      case 'UnregisterControllerRecord':
        return this.controllers.delete(record.data.controllerId);
      case 'FeatureLevelRecord':
        if (record.data.featureLevel === 0) return this.features.delete(record.data.name);
        return this.features.set(record.data.name, record.data.featureLevel);
      case 'ProducerIdsRecord':
        this.nextProducerId = record.data.nextProducerId;
        return;
      case 'ClientQuotaRecord': {
        const entity = record.data.entity.map(({ entityType, entityName }) => [entityType, entityName]).sort();
        return this.keep(`quota ${JSON.stringify([entity, record.data.key])}`, record.data.remove ? null : record);
      }
      case 'AccessControlEntryRecord':
        return this.keep(`acl ${record.data.id}`, record);
      case 'RemoveAccessControlEntryRecord':
        return this.keep(`acl ${record.data.id}`, null);
      case 'UserScramCredentialRecord':
        return this.keep(`scram ${record.data.mechanism} ${record.data.name}`, record);
      case 'RemoveUserScramCredentialRecord':
        return this.keep(`scram ${record.data.mechanism} ${record.data.name}`, null);
      case 'DelegationTokenRecord':
        return this.keep(`token ${record.data.tokenId}`, record);
      case 'RemoveDelegationTokenRecord':
        return this.keep(`token ${record.data.tokenId}`, null);
      case 'ZkMigrationStateRecord':
        return this.keep('zookeeper migration', record);
      case 'Unknown':
        this.unknown = [...this.unknown, record];
        return this.warn(`record of type ${record.type}, version ${record.version} is unknown and was passed over`);
    }
  }

  private keep(key: string, record: MetadataRecord | null): void {
    if (record === null) this.kept.delete(key);
    else this.kept.set(key, record);
  }

  private addTopic({ name, topicId }: RecordData<'TopicRecord'>): void {
    for (const other of [this.topicsByName.get(name), this.topicsById.get(topicId)]) {
      if (other === undefined || !this.topicsById.has(other.id)) continue;
      this.warn(`topic ${name} (${topicId}) takes the place of ${other.name} (${other.id})`);
      this.removeTopic(other.id);
    }
    const topic = { name, id: topicId, partitions: [] };
    this.topicsById.set(topicId, topic);
    this.topicsByName.set(name, topic);
    this.partitions.set(topicId, []);
    const key = collisionKey(name);
    if (key !== null) this.collisions.set(key, [...(this.collisions.get(key) ?? []), name]);
  }

  private removeTopic(topicId: string): void {
    const topic = this.topicsById.get(topicId);
    if (topic === undefined) return this.warn(`topic ${topicId} is removed, but there is none`);
    this.topicsById.delete(topicId);
    this.topicsByName.delete(topic.name);
    this.partitions.delete(topicId);
    this.configs.delete(configKey(2, topic.name));
    const key = collisionKey(topic.name);
    if (key === null) return;
    const names = (this.collisions.get(key) ?? []).filter((name) => name !== topic.name);
    if (names.length === 0) this.collisions.delete(key);
    else this.collisions.set(key, names);
  }

  /** The partitions of a topic as an array to change; undefined if there is no such topic. */
  private partitionsOf(topicId: string): PartitionImage[] | undefined {
    const own = this.partitions.get(topicId);
    if (own !== undefined) return own;
    const topic = this.topicsById.get(topicId);
    if (topic === undefined) return undefined;
    const copy = [...topic.partitions];
    this.partitions.set(topicId, copy);
    return copy;
  }

  private changePartition(
    { topicId, partitionId }: { topicId: string; partitionId: number },
    change: (was: PartitionImage | undefined) => PartitionImage | undefined,
  ): void {
    const partitions = this.partitionsOf(topicId);
    const named = `partition ${partitionId} of topic ${topicId}`;
    if (partitions === undefined) return this.warn(`${named} is named, but there is no such topic`);
    if (partitionId < 0 || partitionId > partitionMaxIndex) return this.warn(`${named} exceeds ${partitionMaxIndex}`);
    const partition = change(partitions[partitionId]);
    if (partition === undefined) this.warn(`${named} is changed, but there is none`);
    else partitions[partitionId] = partition;
  }

  private clearElr(topicName: string): void {
    const topic = this.topicsByName.get(topicName);
    if (topicName !== '' && topic === undefined) this.warn(`topic ${topicName} has no ELR to clear: there is none`);
    for (const { id } of topicName === '' ? [...this.topicsById.values()] : topic === undefined ? [] : [topic]) {
      const partitions = this.partitionsOf(id)!;
      for (const [i, partition] of partitions.entries()) partitions[i] = withoutElr(partition);
    }
  }

  private setConfig({ resourceType, resourceName, name, value }: RecordData<'ConfigRecord'>): void {
    const key = configKey(resourceType, resourceName);
    const entries = new Map(this.configs.get(key));
    if (value === null) entries.delete(name);
    else entries.set(name, value);
    if (entries.size === 0) this.configs.delete(key);
    else this.configs.set(key, entries);
  }

  private registerBroker(data: RecordData<'RegisterBrokerRecord'>): void {
    this.brokers.set(data.brokerId, {
      nodeId: data.brokerId,
      incarnationId: data.incarnationId,
      brokerEpoch: data.brokerEpoch,
      rack: data.rack,
      fenced: data.fenced,
      inControlledShutdown: data.inControlledShutdown,
      endpoints: data.endPoints,
      logDirs: data.logDirs,
      cordonedLogDirs: data.cordonedLogDirs,
    });
  }

  private changeBroker(id: number, change: Partial<BrokerImage>): void {
    const broker = this.brokers.get(id);
    if (broker === undefined) return this.warn(`broker ${id} is changed, but it was not registered`);
    this.brokers.set(id, { ...broker, ...change });
  }
}

function registrationChange(data: RecordData<'BrokerRegistrationChangeRecord'>): Partial<BrokerImage> {
  return {
    ...(data.fenced === 0 ? {} : { fenced: data.fenced > 0 }),
    ...(data.inControlledShutdown > 0 ? { inControlledShutdown: true } : {}),
    ...(data.logDirs.length > 0 ? { logDirs: data.logDirs } : {}),
    ...(data.cordonedLogDirs !== null ? { cordonedLogDirs: data.cordonedLogDirs } : {}),
  };
}
