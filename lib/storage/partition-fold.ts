/**
 * What metadata records do to one partition (org.apache.kafka.metadata.PartitionRegistration). Pure; called by
 * metadata-fold.ts. Lists that most partitions have alike are shared, so that ten thousand of them stay small.
 */
import type { PartitionImage } from './metadata-image';
import type { RecordData } from './metadata-records';

/** Partition indexes above this are taken for damage: an image's partitions lie in an array. */
export const partitionMaxIndex = 999_999;

const none: readonly never[] = Object.freeze([]);
const singleIds = new Map<number, readonly number[]>();
const singleDirectories = new Map<string, readonly string[]>();

function shared<T>(list: readonly T[], singles: Map<T, readonly T[]>): readonly T[] {
  if (list.length === 0) return none;
  if (list.length > 1) return list;
  const only = list[0]!;
  const known = singles.get(only);
  if (known !== undefined) return known;
  if (singles.size < 1000) singles.set(only, list);
  return list;
}

const ids = (list: readonly number[] | null) => (list === null ? none : shared(list, singleIds));
const directories = (list: readonly string[]) => shared(list, singleDirectories);

export function newPartition(data: RecordData<'PartitionRecord'>): PartitionImage {
  return {
    partition: data.partitionId,
    replicas: ids(data.replicas),
    isr: ids(data.isr),
    leader: data.leader,
    leaderEpoch: data.leaderEpoch,
    partitionEpoch: data.partitionEpoch,
    recovering: data.leaderRecoveryState === 1,
    removingReplicas: ids(data.removingReplicas),
    addingReplicas: ids(data.addingReplicas),
    directories: directories(data.directories),
    eligibleLeaderReplicas: ids(data.eligibleLeaderReplicas),
    lastKnownElr: ids(data.lastKnownElr),
  };
}

/** A change of leader, even to the same one, is a new leader epoch; every change is a new partition epoch. */
export function changedPartition(was: PartitionImage, data: RecordData<'PartitionChangeRecord'>): PartitionImage {
  const electing = data.leader !== -2;
  const replicas = data.replicas === null ? was.replicas : ids(data.replicas);
  const kept = was.directories.length === replicas.length ? was.directories : none;
  return {
    partition: was.partition,
    replicas,
    isr: data.isr === null ? was.isr : ids(data.isr),
    leader: electing ? data.leader : was.leader,
    leaderEpoch: electing ? was.leaderEpoch + 1 : was.leaderEpoch,
    partitionEpoch: was.partitionEpoch + 1,
    recovering: data.leaderRecoveryState < 0 ? was.recovering : data.leaderRecoveryState === 1,
    removingReplicas: data.removingReplicas === null ? was.removingReplicas : ids(data.removingReplicas),
    addingReplicas: data.addingReplicas === null ? was.addingReplicas : ids(data.addingReplicas),
    directories: data.directories === null ? kept : directories(data.directories),
    eligibleLeaderReplicas:
      data.eligibleLeaderReplicas === null ? was.eligibleLeaderReplicas : ids(data.eligibleLeaderReplicas),
    lastKnownElr: data.lastKnownElr === null ? was.lastKnownElr : ids(data.lastKnownElr),
  };
}

/** The partition after ClearElr; itself if it has none. */
export function withoutElr(was: PartitionImage): PartitionImage {
  if (was.eligibleLeaderReplicas.length === 0 && was.lastKnownElr.length === 0) return was;
  return { ...was, eligibleLeaderReplicas: none, lastKnownElr: none, partitionEpoch: was.partitionEpoch + 1 };
}

/** The partitions with a leaderless one wherever the log has none for an index below the highest. */
export function withoutHoles(
  partitions: PartitionImage[],
  topic: string,
  warn: (what: string) => void,
): readonly PartitionImage[] {
  for (let i = 0; i < partitions.length; i++) {
    if (partitions[i] !== undefined) continue;
    warn(`topic ${topic} has ${partitions.length} partitions, but none with index ${i}`);
    partitions[i] = {
      partition: i,
      replicas: none,
      isr: none,
      leader: -1,
      leaderEpoch: 0,
      partitionEpoch: 0,
      recovering: false,
      removingReplicas: none,
      addingReplicas: none,
      directories: none,
      eligibleLeaderReplicas: none,
      lastKnownElr: none,
    };
  }
  return partitions;
}
