/**
 * AddRaftVoter (80): adds a voter to the quorum (KIP-853).
 *
 * Versions: 0–1. 1: whether the answer waits until that is committed.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int16, int32, string, uint16, uuid } from '../../protocol/schema';

export const addRaftVoter = defineExchange({
  key: 80,
  name: 'AddRaftVoter',
  versions: '0-1',
  flexible: '0+',
  request: {
    clusterId: string().nullable(),
    timeoutMs: int32(),
    voterId: int32(),
    voterDirectoryId: uuid(),
    listeners: array({ name: string(), host: string(), port: uint16() }),
    ackWhenCommitted: bool().since(1).default(true),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
  },
});
