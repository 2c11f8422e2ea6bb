/**
 * Which operations a client may do, as bit fields: bit n stands for the operation with Kafka's AclOperation code n.
 *
 * Nobody is refused anything yet, so that each resource has all the operations that it supports.
 * Not done: authorizers.
 */
export const authorizedOperations = {
  /** Nobody asked. */
  notRequested: -(2 ** 31),
  /** Read, write, create, delete, alter, describe, describe configs, alter configs. */
  topic: 0x0df8,
  /** Create, alter, describe, cluster action, describe configs, alter configs, idempotent write. */
  cluster: 0x1fa0,
  /** Read, delete, describe, describe configs, alter configs. */
  group: 0x0d48,
} as const;
