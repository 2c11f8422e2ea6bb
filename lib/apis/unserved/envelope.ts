/**
 * Envelope (58): a broker passes on to the controller what a client has asked it, with who the client is
 * (KIP-590). Both carry whole messages, headers included, as bytes.
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { bytes, int16 } from '../../protocol/schema';

export const envelope = defineExchange({
  key: 58,
  name: 'Envelope',
  versions: '0',
  flexible: '0+',
  request: {
    requestData: bytes(),
    requestPrincipal: bytes().nullable(),
    clientHostAddress: bytes(),
  },
  response: {
    responseData: bytes().nullable().default(null),
    errorCode: int16(),
  },
});
