/**
 * ExpireDelegationToken (40): lets a delegation token end at another time, or at once (KIP-48).
 *
 * Versions: 1–2, all alike but for their encoding.
 */
import { defineExchange } from '../../protocol/exchange';
import { bytes, int16, int32, long } from '../../protocol/schema';

export const expireDelegationToken = defineExchange({
  key: 40,
  name: 'ExpireDelegationToken',
  versions: '1-2',
  flexible: '2+',
  request: {
    hmac: bytes(),
    expiryTimePeriodMs: long(),
  },
  response: {
    errorCode: int16(),
    expiryTimestampMs: long(),
    throttleTimeMs: int32().default(0),
  },
});
