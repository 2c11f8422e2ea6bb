/**
 * DescribeDelegationToken (41): the delegation tokens of some owners, or of all (KIP-48).
 *
 * Versions: 1–3. 3: who asked for the token (KIP-373).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bytes, int16, int32, long, string } from '../../protocol/schema';

export const describeDelegationToken = defineExchange({
  key: 41,
  name: 'DescribeDelegationToken',
  versions: '1-3',
  flexible: '2+',
  request: {
    owners: array({ principalType: string(), principalName: string() }).nullable(),
  },
  response: {
    errorCode: int16(),
    tokens: array({
      principalType: string(),
      principalName: string(),
      tokenRequesterPrincipalType: string().since(3).default(''),
      tokenRequesterPrincipalName: string().since(3).default(''),
      issueTimestamp: long(),
      expiryTimestamp: long(),
      maxTimestamp: long(),
      tokenId: string(),
      hmac: bytes(),
      renewers: array({ principalType: string(), principalName: string() }),
    }),
    throttleTimeMs: int32().default(0),
  },
});
