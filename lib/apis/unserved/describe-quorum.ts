/**
 * DescribeQuorum (55): the voters and observers of the quorum, and how far each has read (KIP-595).
 *
 * Versions: 0–2. 1: when each was last heard of (KIP-836). 2: directories, nodes with their listeners, texts of
 * errors (KIP-853).
 */
import { zeroUuid } from '../../protocol/bytes';
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, long, string, uint16, uuid } from '../../protocol/schema';

const replicaState = {
  replicaId: int32(),
  replicaDirectoryId: uuid().since(2).default(zeroUuid),
  logEndOffset: long(),
  lastFetchTimestamp: long().since(1).default(-1),
  lastCaughtUpTimestamp: long().since(1).default(-1),
};

export const describeQuorum = defineExchange({
  key: 55,
  name: 'DescribeQuorum',
  versions: '0-2',
  flexible: '0+',
  request: {
    topics: array({ topicName: string(), partitions: array({ partitionIndex: int32() }) }),
  },
  response: {
    errorCode: int16(),
    errorMessage: string().since(2).nullable().default(''),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string().since(2).nullable().default(''),
        leaderId: int32(),
        leaderEpoch: int32(),
        highWatermark: long(),
        currentVoters: array(replicaState),
        observers: array(replicaState),
      }),
    }),
    nodes: array({ nodeId: int32(), listeners: array({ name: string(), host: string(), port: uint16() }) })
      .since(2)
      .default([]),
  },
});
