/**
 * Where new partitions go: on a single node that is the node itself and one of its log directories. Pure; called by
 * new-topics.ts and registration.ts.
 */
import { recordVersion } from '../storage/metadata-frame';
import { type MetadataImage, metadataVersion } from '../storage/metadata-image';
import type { MetadataDraft } from '../storage/metadata-records';
import { directoryIds } from '../uuid';

export interface NewPartition {
  readonly topicId: string;
  readonly partitionId: number;
  /** Nodes in the order of preference, those of the in-sync ones, and the directory on each node. */
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly directories: readonly string[];
  readonly leaderEpoch?: number;
}

/** A partition led by the first of its in-sync replicas. */
export function partitionRecord(partition: NewPartition, version: number): MetadataDraft {
  const data = {
    ...partition,
    removingReplicas: [],
    addingReplicas: [],
    leader: partition.isr[0] ?? -1,
    leaderEpoch: partition.leaderEpoch ?? 0,
    partitionEpoch: 0,
  };
  return { name: 'PartitionRecord', version, data };
}

/**
 * Places new partitions on this node: each in the log directory that has the fewest. (Kafka's brokers choose the same way,
 * and tell the controller later.)
 */
export class Placement {
  private readonly counts: Map<string, number>;
  private readonly nodeId: number;
  private readonly recordVersion: number;

  constructor(image: MetadataImage, nodeId: number) {
    this.nodeId = nodeId;
    this.recordVersion = recordVersion('PartitionRecord', metadataVersion(image));
    const { logDirs = [], cordonedLogDirs = [] } = image.brokers.get(nodeId) ?? {};
    this.counts = new Map(logDirs.filter((id) => !cordonedLogDirs?.includes(id)).map((id) => [id, 0]));
    if (this.counts.size < 2) return;
    for (const { partitions } of image.topicsById.values())
      for (const { replicas, directories } of partitions) this.count(directories[replicas.indexOf(nodeId)]);
  }

  /** Whether there is a directory that takes new partitions. */
  get possible(): boolean {
    return this.counts.size > 0;
  }

  /**
   * A record for each new partition.
   * @param assignments its replicas, this node among them; nodes other than this one do not run
   */
  records(topicId: string, firstPartition: number, assignments: readonly (readonly number[])[]): MetadataDraft[] {
    return assignments.map((replicas, i) => {
      const own = this.take();
      const directories = replicas.map((id) => (id === this.nodeId ? own : directoryIds.UNASSIGNED));
      const partitionId = firstPartition + i;
      return partitionRecord({ topicId, partitionId, replicas, isr: [this.nodeId], directories }, this.recordVersion);
    });
  }

  /** The directory with the fewest partitions, which now has one more; none of its own where a log has no directories. */
  private take(): string {
    let [least] = this.counts.keys();
    for (const [id, count] of this.counts) if (count < (this.counts.get(least!) ?? 0)) least = id;
    this.count(least);
    return least ?? directoryIds.UNASSIGNED;
  }

  private count(id: string | undefined): void {
    const count = this.counts.get(id ?? '');
    if (count !== undefined) this.counts.set(id!, count + 1);
  }
}
