/**
 * What stands about a request in a line of JSON, in the same words in all of them: those of `millrace traffic`, of `replay` and
 * of `diff`.
 */
import { isoText } from '../text';
import type { RecordedRequest } from './recorded';

export function requestFacts({ number, connection, client, sentAtMs, name, header }: RecordedRequest) {
  return {
    number,
    connection,
    client,
    clientId: header.clientId,
    sentAt: isoText(sentAtMs, 6),
    api: name,
    key: header.apiKey,
    version: header.apiVersion,
    correlationId: header.correlationId,
  };
}
