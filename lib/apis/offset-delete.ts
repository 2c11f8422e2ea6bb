/**
 * OffsetDelete (47): takes committed offsets of a group away (KIP-496).
 *
 * An error of the group is that of the answer, which then has no topics: GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP, and
 * INVALID_GROUP_ID for one without a name. Else each partition has its own: UNKNOWN_TOPIC_OR_PARTITION, or
 * GROUP_SUBSCRIBED_TO_TOPIC while somebody reads the topic. Nothing committed is no error.
 *
 * Versions: 0.
 */
import { errors } from '../errors';
import { defineApi } from '../protocol/api';
import { array, int16, int32, string } from '../protocol/schema';

export const offsetDelete = defineApi({
  key: 47,
  name: 'OffsetDelete',
  versions: '0',
  flexible: 'none',
  request: {
    groupId: string(),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32() }),
    }),
  },
  response: {
    errorCode: int16(),
    throttleTimeMs: int32().default(0),
    topics: array({
      name: string(),
      partitions: array({ partitionIndex: int32(), errorCode: int16() }),
    }),
  },

  refuse: (_body, { code }) => ({ errorCode: code, topics: [] }),

  async handle({ groupId, topics }, _scope, services) {
    if (groupId === '') throw errors.INVALID_GROUP_ID;
    const { topicsByName } = services.metadata();
    const rows = topics.map(({ name, partitions }) =>
      partitions.map(({ partitionIndex }) => ({ topic: name, partition: partitionIndex })),
    );
    const known = rows.flat().filter(({ topic, partition }) => topicsByName.get(topic)?.partitions[partition]);
    const outcomes = await services.groups.deleteOffsets(groupId, known);
    const errorOf = new Map(known.map((row, i) => [row, outcomes[i]!]));
    return {
      errorCode: 0,
      topics: topics.map(({ name }, i) => ({
        name,
        partitions: rows[i]!.map((row) => ({
          partitionIndex: row.partition,
          errorCode: (errorOf.get(row) ?? errors.UNKNOWN_TOPIC_OR_PARTITION).code,
        })),
      })),
    };
  },
});
