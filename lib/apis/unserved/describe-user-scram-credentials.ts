/**
 * DescribeUserScramCredentials (50): which users have SCRAM credentials, by which mechanism and with how many
 * iterations; never the credentials (KIP-554).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int8, int16, int32, string } from '../../protocol/schema';

export const describeUserScramCredentials = defineExchange({
  key: 50,
  name: 'DescribeUserScramCredentials',
  versions: '0',
  flexible: '0+',
  request: {
    users: array({ name: string() }).nullable(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
    results: array({
      user: string(),
      errorCode: int16(),
      errorMessage: string().nullable(),
      credentialInfos: array({ mechanism: int8(), iterations: int32() }),
    }),
  },
});
