/**
 * AlterPartition (56): a leader tells the controller which replicas of its partitions are in sync (KIP-497).
 *
 * Versions: 2–3. 3: epochs of the brokers in sync (KIP-903).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int8, int16, int32, long, uuid } from '../../protocol/schema';

export const alterPartition = defineExchange({
  key: 56,
  name: 'AlterPartition',
  versions: '2-3',
  flexible: '0+',
  request: {
    brokerId: int32(),
    brokerEpoch: long().default(-1),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        leaderEpoch: int32(),
        newIsr: array(int32()).until(2).default([]),
        newIsrWithEpochs: array({ brokerId: int32(), brokerEpoch: long().default(-1) })
          .since(3)
          .default([]),
        leaderRecoveryState: int8().default(0),
        partitionEpoch: int32(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        leaderId: int32(),
        leaderEpoch: int32(),
        isr: array(int32()),
        leaderRecoveryState: int8().default(0),
        partitionEpoch: int32(),
      }),
    }),
  },
});
