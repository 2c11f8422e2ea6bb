/**
 * Names of topics: which are legal, which collide, which are Kafka's own (org.apache.kafka.common.internals.Topic).
 * Called by every API that takes a topic name and by the controller. Pure.
 */

export const nameMaxLength = 249;

/** Topics that the broker itself writes to; clients may read them. */
export const internalTopics = Object.freeze({
  offsets: '__consumer_offsets',
  transactions: '__transaction_state',
  shareGroups: '__share_group_state',
} as const);

/** The log of the cluster itself: no topic that a client could see. */
export const metadataTopic = '__cluster_metadata';

const internal: ReadonlySet<string> = new Set(Object.values(internalTopics));

export function isInternalTopic(name: string): boolean {
  return internal.has(name);
}

/** Why this cannot be the name of a topic, in Kafka's words; null: it can. */
export function topicNameFault(name: string): string | null {
  const invalid = 'Topic name is invalid:';
  if (name === '') return `${invalid} the empty string is not allowed`;
  if (name === '.' || name === '..') return `${invalid} '${name}' is not allowed`;
  if (name.length > nameMaxLength)
    return `${invalid} the length of '${name}' is longer than the max allowed length ${nameMaxLength}`;
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    return `${invalid} '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`;
  return null;
}

export function isLegalTopicName(name: string): boolean {
  return topicNameFault(name) === null;
}

/**
 * What two topics must not share: in names of metrics '.' and '_' are the same. Null for a name that has neither and so
 * collides with none.
 */
export function collisionKey(name: string): string | null {
  return /[._]/.test(name) ? name.replaceAll('.', '_') : null;
}
