/**
 * What a broker writes to the metadata log when it starts and when it stops: the first records of a new cluster, its
 * registration as controller and as broker, and the leadership of its partitions (KIP-631). Called by broker.ts.
 *
 * The records are those of Apache Kafka 4.3 in their order, so that Kafka can take the directory over at any time. A start
 * is one write: nobody waits for this broker to become known, for it is the only one. So is a stop.
 *
 * Not done: the changes that Kafka makes when a broker loses a log directory.
 */
import { metadataVersions, supportedFeatures } from '../features';
import type { Logger } from '../logger';
import { applyRecords } from '../storage/metadata-fold';
import { recordVersion, stored } from '../storage/metadata-frame';
import { type EndpointImage, keepsElr, type MetadataImage, metadataVersion } from '../storage/metadata-image';
import type { MetadataLog } from '../storage/metadata-log';
import type { MetadataDraft } from '../storage/metadata-records';
import { initialRecords } from '../storage/metadata-snapshot';
import type { OrphanTopic } from '../storage/orphans';
import { type NewId, randomUuid } from '../uuid';
import { giveUpLeadership, type Node, takeLeadership } from './leadership';
import { partitionRecord } from './placement';

export interface RegistrationOptions {
  readonly nodeId: number;
  readonly rack: string | null;
  /** Advertised listeners, without those for controllers. */
  readonly endpoints: readonly EndpointImage[];
  /** Listeners for controllers. */
  readonly controllerEndpoints: readonly EndpointImage[];
  /** Ids of the log directories. */
  readonly directoryIds: readonly string[];
  /** `min.insync.replicas` of the broker's configuration, which a new cluster gets as its own. */
  readonly minInsyncReplicas: number;
  /** Topics to take in if the log has no records yet. */
  readonly orphans: () => readonly AdoptedTopic[];
  readonly logger: Logger;
  /** Makes up ids of this process; the machine does if absent. */
  readonly newId?: NewId;
}

/** A topic found on disk, with the configs that it is to have. */
export interface AdoptedTopic extends OrphanTopic {
  readonly configs: readonly (readonly [name: string, value: string])[];
}

export interface Registration {
  /** Offset of the record by which the broker registered. */
  readonly brokerEpoch: number;
  /** Says that this process is not the one before. */
  readonly incarnationId: string;
}

/** Most records that go into one batch where they need not be one step. */
const batchMaxRecords = 10_000;

/**
 * Leads the metadata log from here on and registers this broker, ready to serve.
 * @throws KafkaError KAFKA_STORAGE_ERROR
 */
export async function register(log: MetadataLog, options: RegistrationOptions): Promise<Registration> {
  const incarnationId = randomUuid(options.newId);
  let brokerEpoch = -1;
  await log.lead((image, nextOffset) => {
    const batches = beginnings(log, image, options);
    const begun = applyRecords(image, batches.flat().map(stored), nextOffset - 1);
    const node = nodeOf(begun, options.nodeId, options.directoryIds);
    if (node.metadataVersion >= metadataVersions['3.7-IV0']) batches.push([controllerRecord(options)]);
    brokerEpoch = nextOffset + batches.flat().length;
    batches.push([brokerRecord(options, incarnationId, brokerEpoch, node.metadataVersion)]);
    const fenced = [...begun.brokers.values()].filter((broker) => broker.nodeId !== options.nodeId && !broker.fenced);
    batches.push(fenced.map((broker) => change(broker.nodeId, broker.brokerEpoch, 0, { fenced: 1 })));
    const unfence = change(options.nodeId, brokerEpoch, 0, { fenced: -1 });
    batches.push(...split([unfence, ...takeLeadership(begun, node)]));
    if (node.metadataVersion >= metadataVersions['4.3-IV0'])
      batches.push([change(options.nodeId, brokerEpoch, 3, { cordonedLogDirs: [] })]);
    return batches;
  });
  return { brokerEpoch, incarnationId };
}

/**
 * Says that this broker is going: its partitions have no leader, and it takes no part. To be called when no more requests
 * are served.
 * @throws KafkaError KAFKA_STORAGE_ERROR
 */
export async function signOff(log: MetadataLog, nodeId: number): Promise<void> {
  await log.change((image) => {
    const broker = image.brokers.get(nodeId);
    if (broker === undefined || broker.fenced) return [];
    const node = nodeOf(image, nodeId, broker.logDirs);
    const leaving = change(nodeId, broker.brokerEpoch, 1, { inControlledShutdown: 1 });
    const left = change(nodeId, broker.brokerEpoch, 0, { fenced: 1 });
    return [...split([leaving, ...giveUpLeadership(image, node)]), [left]];
  });
}

function nodeOf(image: MetadataImage, nodeId: number, directoryIds: readonly string[]): Node {
  return { nodeId, directoryIds, metadataVersion: metadataVersion(image), keepsElr: keepsElr(image) };
}

/** What comes before any registration: the end of a transaction that nobody will end, the first records of a cluster. */
function beginnings(log: MetadataLog, image: MetadataImage, options: RegistrationOptions): MetadataDraft[][] {
  const batches: MetadataDraft[][] = [];
  const reason = 'the controller that began it is gone';
  if (image.transaction !== null) batches.push([{ name: 'AbortTransactionRecord', version: 0, data: { reason } }]);
  const said = metadataVersion(image) > 0;
  if (log.isEmpty || (!said && image.topicsByName.size === 0)) {
    const first = firstRecords(log.bootstrapRecords, options);
    batches.push(first, ...adopted(first, options));
  } else if (!said) {
    options.logger.warn('the metadata log has no metadata.version; it gets that of a new cluster');
    batches.push(initialRecords.slice(0, 1));
  }
  return batches;
}

function levelOf(records: readonly MetadataDraft[], feature: string): number {
  const found = records.findLast((record) => record.name === 'FeatureLevelRecord' && record.data.name === feature);
  return found?.name === 'FeatureLevelRecord' ? found.data.featureLevel : 0;
}

function firstRecords(bootstrap: readonly MetadataDraft[], options: RegistrationOptions): MetadataDraft[] {
  const records = [...(levelOf(bootstrap, 'metadata.version') > 0 ? bootstrap : initialRecords)];
  if (levelOf(records, 'eligible.leader.replicas.version') >= 1) {
    const value = String(options.minInsyncReplicas);
    const data = { resourceType: 4, resourceName: '', name: 'min.insync.replicas', value };
    records.push({ name: 'ConfigRecord', version: 0, data });
  }
  if (levelOf(records, 'metadata.version') < metadataVersions['3.6-IV1']) return records;
  const begin: MetadataDraft = { name: 'BeginTransactionRecord', version: 0, data: { name: 'Bootstrap records' } };
  return [begin, ...records, { name: 'EndTransactionRecord', version: 0, data: {} }];
}

/** A batch for each topic that is taken in. */
function adopted(first: readonly MetadataDraft[], options: RegistrationOptions): MetadataDraft[][] {
  const { nodeId, directoryIds, logger } = options;
  const version = recordVersion('PartitionRecord', levelOf(first, 'metadata.version'));
  return options.orphans().map(({ name, id: topicId, partitions, configs }) => {
    logger.info(`took in topic ${name} (${topicId}), which the metadata log did not know`);
    const records: MetadataDraft[] = [{ name: 'TopicRecord', version: 0, data: { name, topicId } }];
    for (const [key, value] of configs)
      records.push({
        name: 'ConfigRecord',
        version: 0,
        data: { resourceType: 2, resourceName: name, name: key, value },
      });
    const count = Math.max(...partitions.keys()) + 1;
    for (let partitionId = 0; partitionId < count; partitionId++) {
      const found = partitions.get(partitionId);
      const directories = [found?.directoryId ?? directoryIds[0]!];
      const own = { replicas: [nodeId], isr: [nodeId], directories, leaderEpoch: found?.leaderEpoch ?? 0 };
      records.push(partitionRecord({ topicId, partitionId, ...own }, version));
    }
    return records;
  });
}

function controllerRecord({ nodeId, controllerEndpoints, newId }: RegistrationOptions): MetadataDraft {
  const data = { controllerId: nodeId, incarnationId: randomUuid(newId), zkMigrationReady: false, features };
  return { name: 'RegisterControllerRecord', version: 0, data: { ...data, endPoints: controllerEndpoints } };
}

function brokerRecord(
  options: RegistrationOptions,
  incarnationId: string,
  brokerEpoch: number,
  level: number,
): MetadataDraft {
  const { nodeId: brokerId, endpoints: endPoints, rack, directoryIds } = options;
  const data = { brokerId, incarnationId, brokerEpoch, endPoints, features, rack, logDirs: [...directoryIds].sort() };
  return { name: 'RegisterBrokerRecord', version: recordVersion('RegisterBrokerRecord', level), data };
}

const features = Object.entries(supportedFeatures).map(([name, { min, max }]) => ({
  name,
  minSupportedVersion: min,
  maxSupportedVersion: max,
}));

function change(
  brokerId: number,
  brokerEpoch: number,
  version: number,
  what: { fenced?: number; inControlledShutdown?: number; cordonedLogDirs?: string[] },
): MetadataDraft {
  return { name: 'BrokerRegistrationChangeRecord', version, data: { brokerId, brokerEpoch, ...what } };
}

function split(records: readonly MetadataDraft[]): MetadataDraft[][] {
  const batches: MetadataDraft[][] = [];
  for (let i = 0; i < records.length; i += batchMaxRecords) batches.push(records.slice(i, i + batchMaxRecords));
  return batches;
}
