/**
 * Which partition a record goes to, as Kafka's own producer decides it (BuiltInPartitioner): by the murmur2 hash of its
 * key. Called by produce.ts; pure.
 */

const seed = 0x9747b28c;
const factor = 0x5bd1e995;

/** 32-bit murmur2 as Kafka's Utils.murmur2 has it; signed. */
export function murmur2(bytes: Buffer): number {
  let hash = seed ^ bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    let block = Math.imul(bytes.readInt32LE(at), factor);
    block = Math.imul(block ^ (block >>> 24), factor);
    hash = Math.imul(hash, factor) ^ block;
  }
  if (at < bytes.length) {
    hash ^= bytes.readUIntLE(at, bytes.length - at);
    hash = Math.imul(hash, factor);
  }
  hash = Math.imul(hash ^ (hash >>> 13), factor);
  return hash ^ (hash >>> 15);
}

/** The partition of a key; an empty key is a key like any other. */
export function partitionOf(key: Buffer, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}
