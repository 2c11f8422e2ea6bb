/**
 * DescribeShareGroupOffsets (90): how far share groups are, by partition (KIP-932).
 *
 * Versions: 0–1. 1: how much is left.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, long, string, uuid } from '../../protocol/schema';

export const describeShareGroupOffsets = defineExchange({
  key: 90,
  name: 'DescribeShareGroupOffsets',
  versions: '0-1',
  flexible: '0+',
  request: {
    groups: array({ groupId: string(), topics: array({ topicName: string(), partitions: array(int32()) }).nullable() }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    groups: array({
      groupId: string(),
      topics: array({
        topicName: string(),
        topicId: uuid(),
        partitions: array({
          partitionIndex: int32(),
          startOffset: long(),
          leaderEpoch: int32(),
          lag: long().since(1).default(-1),
          errorCode: int16(),
          errorMessage: string().nullable().default(null),
        }),
      }),
      errorCode: int16(),
      errorMessage: string().nullable().default(null),
    }),
  },
});
