/**
 * SaslHandshake (17): a client says by which SASL mechanism it wants to prove who it is, and hears which ones
 * there are.
 *
 * Versions: 0–1. 1: the tokens that follow travel in SaslAuthenticate; before, as frames without headers
 * (KIP-152).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, string } from '../../protocol/schema';

export const saslHandshake = defineExchange({
  key: 17,
  name: 'SaslHandshake',
  versions: '0-1',
  flexible: 'none',
  request: {
    mechanism: string(),
  },
  response: {
    errorCode: int16(),
    mechanisms: array(string()),
  },
});
