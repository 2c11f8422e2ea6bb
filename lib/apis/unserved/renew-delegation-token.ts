/**
 * RenewDelegationToken (39): makes a delegation token last longer (KIP-48).
 *
 * Versions: 1–2, all alike but for their encoding.
 */
import { defineExchange } from '../../protocol/exchange';
import { bytes, int16, int32, long } from '../../protocol/schema';

export const renewDelegationToken = defineExchange({
  key: 39,
  name: 'RenewDelegationToken',
  versions: '1-2',
  flexible: '2+',
  request: {
    hmac: bytes(),
    renewPeriodMs: long(),
  },
  response: {
    errorCode: int16(),
    expiryTimestampMs: long(),
    throttleTimeMs: int32().default(0),
  },
});
