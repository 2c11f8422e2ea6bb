/**
 * OffsetForLeaderEpoch (23): where a leader epoch ends in a partition, so that a reader can see whether it went astray
 * (KIP-279, KIP-320).
 *
 * The epoch asked for, or the greatest one below it, is answered with the offset behind its last record; the epoch still
 * being written ends at the log end. An epoch that is newer than all known is −1, −1 and no error.
 *
 * Versions: 2–4. 3: the replica that asks, which makes no difference here.
 */
import { errors } from '../errors';
import { defineApi } from '../protocol/api';
import { array, int16, int32, long, string } from '../protocol/schema';
import { fence } from './shared/leader-epoch';

export const offsetForLeaderEpoch = defineApi({
  key: 23,
  name: 'OffsetForLeaderEpoch',
  versions: '2-4',
  flexible: '4+',
  request: {
    replicaId: int32().since(3).default(-2),
    topics: array({
      topic: string(),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32().default(-1),
        leaderEpoch: int32(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    topics: array({
      topic: string(),
      partitions: array({
        errorCode: int16(),
        partition: int32(),
        leaderEpoch: int32().default(-1),
        endOffset: long().default(-1),
      }),
    }),
  },

  refuse: ({ topics }, { code }) => ({
    topics: topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, errorCode: code })),
    })),
  }),

  handle: ({ topics }, _scope, services) => ({
    topics: topics.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition, currentLeaderEpoch, leaderEpoch }) => {
        const log = services.topics.byName(topic)?.partition(partition);
        if (log === undefined) return { partition, errorCode: errors.UNKNOWN_TOPIC_OR_PARTITION.code };
        const refused = log.offline ?? fence(log, currentLeaderEpoch);
        if (refused !== null) return { partition, errorCode: refused.code };
        return { partition, errorCode: 0, ...log.endOffsetForEpoch(leaderEpoch) };
      }),
    })),
  }),
});
