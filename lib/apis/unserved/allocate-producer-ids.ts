/**
 * AllocateProducerIds (67): a broker gets a block of producer ids from the controller (KIP-730).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { int16, int32, long } from '../../protocol/schema';

export const allocateProducerIds = defineExchange({
  key: 67,
  name: 'AllocateProducerIds',
  versions: '0',
  flexible: '0+',
  request: {
    brokerId: int32(),
    brokerEpoch: long().default(-1),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    producerIdStart: long(),
    producerIdLen: int32(),
  },
});
