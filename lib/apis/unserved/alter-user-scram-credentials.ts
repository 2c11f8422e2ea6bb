/**
 * AlterUserScramCredentials (51): sets and deletes SCRAM credentials of users (KIP-554).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bytes, int8, int16, int32, string } from '../../protocol/schema';

export const alterUserScramCredentials = defineExchange({
  key: 51,
  name: 'AlterUserScramCredentials',
  versions: '0',
  flexible: '0+',
  request: {
    deletions: array({ name: string(), mechanism: int8() }),
    upsertions: array({
      name: string(),
      mechanism: int8(),
      iterations: int32(),
      salt: bytes(),
      saltedPassword: bytes(),
    }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    results: array({ user: string(), errorCode: int16(), errorMessage: string().nullable() }),
  },
});
