/**
 * UnregisterBroker (64): makes the cluster forget a broker that is gone (KIP-631).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { int16, int32, string } from '../../protocol/schema';

export const unregisterBroker = defineExchange({
  key: 64,
  name: 'UnregisterBroker',
  versions: '0',
  flexible: '0+',
  request: {
    brokerId: int32(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
  },
});
