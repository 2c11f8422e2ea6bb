/**
 * AddPartitionsToTxn (24): adds partitions to an open transaction, so that its end gets written to them too.
 *
 * Versions: 0–5. 2: PRODUCER_FENCED. 4: many transactions at once, or only asked about; brokers use it among
 * themselves. 5: TRANSACTION_ABORTABLE (KIP-890).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int16, int32, long, string } from '../../protocol/schema';

const topic = { name: string(), partitions: array(int32()) };

const topicResult = {
  name: string(),
  resultsByPartition: array({ partitionIndex: int32(), partitionErrorCode: int16() }),
};

export const addPartitionsToTxn = defineExchange({
  key: 24,
  name: 'AddPartitionsToTxn',
  versions: '0-5',
  flexible: '3+',
  request: {
    transactions: array({
      transactionalId: string(),
      producerId: long(),
      producerEpoch: int16(),
      verifyOnly: bool().default(false),
      topics: array(topic),
    })
      .since(4)
      .default([]),
    v3AndBelowTransactionalId: string().until(3).default(''),
    v3AndBelowProducerId: long().until(3).default(0),
    v3AndBelowProducerEpoch: int16().until(3).default(0),
    v3AndBelowTopics: array(topic).until(3).default([]),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16().since(4).default(0),
    resultsByTransaction: array({ transactionalId: string(), topicResults: array(topicResult) })
      .since(4)
      .default([]),
    resultsByTopicV3AndBelow: array(topicResult).until(3).default([]),
  },
});
