/**
 * Which partition of an internal topic holds the state of a group, a transactional id or a share partition. Called by
 * whoever looks for a coordinator and by the coordinators themselves. Pure.
 */

/** The non-negative hash of a key (Java's String.hashCode) by the number of partitions; 0 where there are none. */
export function coordinatorPartition(key: string, partitions: number): number {
  let hash = 0;
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
  // As Kafka's Utils.abs: the one number without a positive counterpart counts as 0.
  const size = hash === -(2 ** 31) ? 0 : Math.abs(hash);
  return partitions === 0 ? 0 : size % partitions;
}
