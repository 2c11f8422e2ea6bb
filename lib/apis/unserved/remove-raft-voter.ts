/**
 * RemoveRaftVoter (81): takes a voter out of the quorum (KIP-853).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { int16, int32, string, uuid } from '../../protocol/schema';

export const removeRaftVoter = defineExchange({
  key: 81,
  name: 'RemoveRaftVoter',
  versions: '0',
  flexible: '0+',
  request: {
    clusterId: string().nullable(),
    voterId: int32(),
    voterDirectoryId: uuid(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
  },
});
