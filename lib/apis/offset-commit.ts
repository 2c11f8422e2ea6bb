/**
 * OffsetCommit (8): stores how far a group has read.
 *
 * Each partition is checked by itself: a topic or partition that does not exist is UNKNOWN_TOPIC_OR_PARTITION, an id that
 * no topic has UNKNOWN_TOPIC_ID, and metadata of more than `offset.metadata.max.bytes` characters is
 * OFFSET_METADATA_TOO_LARGE. What is left is committed at once; where the group refuses (its member or its generation is
 * not known, it rebalances, …) each of these has its error, and so has one with too much metadata. A group whose
 * partitions are all unknown is not asked. Where a partition comes twice, its last offset counts. Any group may commit,
 * even one without a name. What is stored has the topic's id, whichever way the topic was named.
 *
 * Versions: 2–10. 2–4: retention times. 6: leader epochs. 7: static members. 9: member epochs (KIP-848), and
 * GROUP_ID_NOT_FOUND. 10: topic ids instead of names (KIP-848).
 */
import type { OffsetToCommit } from '../coordinators/groups/requests';
import { errors, type KafkaError } from '../errors';
import { defineApi } from '../protocol/api';
import { zeroUuid } from '../protocol/bytes';
import { array, type Infer, int16, int32, long, string, uuid } from '../protocol/schema';
import type { Services } from '../services';
import { orRefused } from './shared/or-refused';

const request = {
  groupId: string(),
  generationIdOrMemberEpoch: int32().default(-1),
  memberId: string(),
  groupInstanceId: string().since(7).nullable().default(null),
  retentionTimeMs: long().until(4).default(-1),
  topics: array({
    name: string().until(9).default(''),
    topicId: uuid().since(10).default(zeroUuid),
    partitions: array({
      partitionIndex: int32(),
      committedOffset: long(),
      committedLeaderEpoch: int32().since(6).default(-1),
      committedMetadata: string().nullable(),
    }),
  }),
};

const response = {
  throttleTimeMs: int32().since(3).default(0),
  topics: array({
    name: string().until(9).default(''),
    topicId: uuid().since(10).default(zeroUuid),
    partitions: array({ partitionIndex: int32(), errorCode: int16() }),
  }),
};

type Topic = Infer<typeof request>['topics'][number];

/** A partition to commit, and what is wrong with it; NONE where nothing is. */
interface Checked {
  readonly offset: OffsetToCommit;
  readonly fault: KafkaError;
}

const { NONE, UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID, OFFSET_METADATA_TOO_LARGE } = errors;

export const offsetCommit = defineApi({
  key: 8,
  name: 'OffsetCommit',
  versions: '2-10',
  flexible: '8+',
  request,
  response,

  refuse: ({ topics }, { code }) => ({
    topics: topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: code })),
    })),
  }),

  async handle({ topics, ...body }, { version }, services) {
    const checked = topics.map((topic) => check(topic, version, services));
    const known = checked.flat().filter(({ fault }) => fault === NONE || fault === OFFSET_METADATA_TOO_LARGE);
    const offsets = known.filter(({ fault }) => fault === NONE).map(({ offset }) => offset);
    const ofGroup =
      known.length === 0
        ? NONE
        : await orRefused(services.groups.commitOffsets({ ...body, offsets, knowsMemberEpochs: version >= 9 }));
    const refused = ofGroup.is(NONE) ? new Set<Checked>() : new Set(known);
    return {
      topics: topics.map(({ name, topicId }, i) => ({
        name,
        topicId,
        partitions: checked[i]!.map((one) => ({
          partitionIndex: one.offset.partition,
          errorCode: refused.has(one) ? ofGroup.code : one.fault.code,
        })),
      })),
    };
  },
});

function check({ name, topicId, partitions }: Topic, version: number, services: Services): Checked[] {
  const { topicsByName, topicsById } = services.metadata();
  const metadataMaxLength = services.config['offset.metadata.max.bytes'];
  const topic = version < 10 ? topicsByName.get(name) : topicsById.get(topicId);
  return partitions.map(({ partitionIndex, committedOffset, committedLeaderEpoch, committedMetadata }) => {
    const offset = {
      topic: topic?.name ?? name,
      topicId: topic?.id ?? topicId,
      partition: partitionIndex,
      offset: committedOffset,
      leaderEpoch: committedLeaderEpoch,
      metadata: committedMetadata ?? '',
    };
    const isTooLarge = offset.metadata.length > metadataMaxLength;
    if (topic === undefined) return { offset, fault: version < 10 ? UNKNOWN_TOPIC_OR_PARTITION : UNKNOWN_TOPIC_ID };
    if (topic.partitions[partitionIndex] === undefined) return { offset, fault: UNKNOWN_TOPIC_OR_PARTITION };
    return { offset, fault: isTooLarge ? OFFSET_METADATA_TOO_LARGE : NONE };
  });
}
