/**
 * Whether a partition directory belongs to a topic of the metadata image. What does not is set aside and never read: its
 * records are those of another topic, even if that had the same name. Called by topics.ts at the start.
 */
import type { TopicImage } from './metadata-image';
import type { FoundPartition, PartitionDirs } from './partition-dirs';

/**
 * Why a directory is nobody's; null: it is that of the topic.
 * @param topic the topic of the directory's name, if there is one
 */
export function strayReason(
  found: FoundPartition,
  topic: TopicImage | undefined,
  nodeId: number,
  home: Pick<PartitionDirs, 'isEmpty'>,
): string | null {
  if (topic === undefined) return 'there is no such topic';
  const partition = topic.partitions[found.partition];
  if (partition === undefined) return `the topic has ${topic.partitions.length} partitions`;
  if (!partition.replicas.includes(nodeId)) return 'this broker is none of its replicas';
  if (found.topicId !== null) return found.topicId === topic.id ? null : `it is of topic id ${found.topicId}`;
  // Without an id it may be of an earlier topic of this name, unless there is nothing in it.
  if (found.isUnreadable || home.isEmpty(found.topic, found.partition)) return null;
  return 'it has no partition.metadata';
}
