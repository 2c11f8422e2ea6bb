/**
 * SaslAuthenticate (36): one step of the proof that SaslHandshake has agreed on: a token of the client, and the
 * one that answers it (KIP-152).
 *
 * Versions: 0–2. 1: for how long the proof holds (KIP-368).
 */
import { defineExchange } from '../../protocol/exchange';
import { bytes, int16, long, string } from '../../protocol/schema';

export const saslAuthenticate = defineExchange({
  key: 36,
  name: 'SaslAuthenticate',
  versions: '0-2',
  flexible: '2+',
  request: {
    authBytes: bytes(),
  },
  response: {
    errorCode: int16(),
    errorMessage: string().nullable(),
    authBytes: bytes(),
    sessionLifetimeMs: long().since(1).default(0),
  },
});
