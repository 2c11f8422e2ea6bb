/**
 * Who leads the partitions of this node as it comes and goes: what a start and a stop write to the metadata log for each
 * of them (KIP-631, KIP-966). Pure; called by registration.ts.
 *
 * A stop leaves every partition without a leader, a start takes them all in a new leader epoch, also after a crash. Only
 * the first start of a node on a log that calls it the leader already begins no epoch: nobody can have written in that one.
 */
import { metadataVersions } from '../features';
import { recordVersion } from '../storage/metadata-frame';
import type { MetadataImage, PartitionImage, TopicImage } from '../storage/metadata-image';
import type { MetadataDraft } from '../storage/metadata-records';

type PartitionChange = Extract<MetadataDraft, { name: 'PartitionChangeRecord' }>;

/** What the log may hold, and where this node's partitions may lie. */
export interface Node {
  readonly nodeId: number;
  /** Ids of the log directories. */
  readonly directoryIds: readonly string[];
  /** Level of metadata.version. */
  readonly metadataVersion: number;
  /** Whether the log keeps eligible leader replicas. */
  readonly keepsElr: boolean;
}

/** Makes this node the leader of every partition that it has and that nobody else leads. */
export function takeLeadership(image: MetadataImage, node: Node): PartitionChange[] {
  const isNew = !image.brokers.has(node.nodeId);
  return changes(
    image,
    node,
    ({ leader }) => leader === -1 || leader === node.nodeId,
    (partition) => ({
      ...(isNew && partition.leader === node.nodeId ? {} : { leader: node.nodeId }),
      ...(partition.isr.length === 1 && partition.isr[0] === node.nodeId ? {} : { isr: [node.nodeId] }),
      ...(partition.recovering ? { leaderRecoveryState: 0 } : {}),
      ...directoriesToSet(partition, node),
      ...(partition.eligibleLeaderReplicas.length > 0 ? { eligibleLeaderReplicas: [] } : {}),
      ...(partition.lastKnownElr.length > 0 ? { lastKnownElr: [] } : {}),
    }),
  );
}

/** Leaves every partition that this node leads without a leader; with ELR it stays the one that may lead again. */
export function giveUpLeadership(image: MetadataImage, node: Node): PartitionChange[] {
  const elr = { isr: [], eligibleLeaderReplicas: [node.nodeId], lastKnownElr: [node.nodeId] };
  return changes(
    image,
    node,
    ({ leader }) => leader === node.nodeId,
    () => ({ leader: -1, ...(node.keepsElr ? elr : {}) }),
  );
}

/** Makes this node the leader of a partition that it leads already: a new leader epoch, and nothing else. */
export function leadAnew(
  { id: topicId }: Pick<TopicImage, 'id'>,
  partitionId: number,
  { nodeId, metadataVersion }: Pick<Node, 'nodeId' | 'metadataVersion'>,
): PartitionChange {
  const version = recordVersion('PartitionChangeRecord', metadataVersion);
  return { name: 'PartitionChangeRecord', version, data: { partitionId, topicId, leader: nodeId } };
}

function changes(
  image: MetadataImage,
  node: Node,
  concerns: (partition: PartitionImage) => boolean,
  change: (partition: PartitionImage) => Partial<PartitionChange['data']>,
): PartitionChange[] {
  const version = recordVersion('PartitionChangeRecord', node.metadataVersion);
  const records: PartitionChange[] = [];
  for (const { id: topicId, partitions } of image.topicsById.values()) {
    for (const partition of partitions) {
      if (!partition.replicas.includes(node.nodeId) || !concerns(partition)) continue;
      const changed = change(partition);
      if (Object.keys(changed).length === 0) continue;
      const data = { partitionId: partition.partition, topicId, ...changed };
      records.push({ name: 'PartitionChangeRecord', version, data });
    }
  }
  return records;
}

/** Names the directory where the log does not, or names one that is no more; with several only the broker can tell. */
function directoriesToSet({ replicas, directories }: PartitionImage, node: Node): { directories?: string[] } {
  const [only] = node.directoryIds;
  if (only === undefined || node.directoryIds.length > 1) return {};
  if (node.metadataVersion < metadataVersions['3.7-IV2']) return {};
  const own = replicas.indexOf(node.nodeId);
  if (directories[own] === only) return {};
  return { directories: replicas.map((_, i) => (i === own ? only : (directories[i] ?? only))) };
}
