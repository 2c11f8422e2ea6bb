/**
 * BrokerRegistration (62): a broker that starts tells the controller what it is: listeners, features, rack
 * (KIP-631).
 *
 * Versions: 0–4. 1: migration from ZooKeeper. 2: log directories (KIP-858). 3: the epoch that the broker had
 * before (KIP-966). 4: features whose lowest level is 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int16, int32, long, string, uint16, uuid } from '../../protocol/schema';

export const brokerRegistration = defineExchange({
  key: 62,
  name: 'BrokerRegistration',
  versions: '0-4',
  flexible: '0+',
  request: {
    brokerId: int32(),
    clusterId: string(),
    incarnationId: uuid(),
    listeners: array({ name: string(), host: string(), port: uint16(), securityProtocol: int16() }),
    features: array({ name: string(), minSupportedVersion: int16(), maxSupportedVersion: int16() }),
    rack: string().nullable(),
    isMigratingZkBroker: bool().since(1).default(false),
    logDirs: array(uuid()).since(2).default([]),
    previousBrokerEpoch: long().since(3).default(-1),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    brokerEpoch: long().default(-1),
  },
});
