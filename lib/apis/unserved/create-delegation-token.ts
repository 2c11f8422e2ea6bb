/**
 * CreateDelegationToken (38): makes a delegation token, with which others can act for its owner (KIP-48).
 *
 * Versions: 1–3. 3: tokens for somebody else than who asks (KIP-373).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bytes, int16, int32, long, string } from '../../protocol/schema';

export const createDelegationToken = defineExchange({
  key: 38,
  name: 'CreateDelegationToken',
  versions: '1-3',
  flexible: '2+',
  request: {
    ownerPrincipalType: string().since(3).nullable().default(''),
    ownerPrincipalName: string().since(3).nullable().default(''),
    renewers: array({ principalType: string(), principalName: string() }),
    maxLifetimeMs: long(),
  },
  response: {
    errorCode: int16(),
    principalType: string(),
    principalName: string(),
    tokenRequesterPrincipalType: string().since(3).default(''),
    tokenRequesterPrincipalName: string().since(3).default(''),
    issueTimestampMs: long(),
    expiryTimestampMs: long(),
    maxTimestampMs: long(),
    tokenId: string(),
    hmac: bytes(),
    throttleTimeMs: int32().default(0),
  },
});
