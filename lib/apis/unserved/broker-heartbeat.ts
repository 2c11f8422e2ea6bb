/**
 * BrokerHeartbeat (63): a broker tells the controller that it is there, and hears whether it may serve or shut
 * down (KIP-631).
 *
 * Versions: 0–2. 1: log directories that failed (KIP-858). 2: those that take no new partitions (KIP-1066).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int16, int32, long, uuid } from '../../protocol/schema';

export const brokerHeartbeat = defineExchange({
  key: 63,
  name: 'BrokerHeartbeat',
  versions: '0-2',
  flexible: '0+',
  request: {
    brokerId: int32(),
    brokerEpoch: long().default(-1),
    currentMetadataOffset: long(),
    wantFence: bool(),
    wantShutDown: bool(),
    offlineLogDirs: array(uuid()).tag(0, 1),
    cordonedLogDirs: array(uuid()).nullable().tag(1, 2).default(null),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    isCaughtUp: bool().default(false),
    isFenced: bool().default(true),
    shouldShutDown: bool(),
  },
});
