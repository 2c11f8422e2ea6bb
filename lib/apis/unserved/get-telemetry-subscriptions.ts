/**
 * GetTelemetrySubscriptions (71): a client asks which of its metrics the broker wants, how often, and in which
 * form (KIP-714).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int8, int16, int32, string, uuid } from '../../protocol/schema';

export const getTelemetrySubscriptions = defineExchange({
  key: 71,
  name: 'GetTelemetrySubscriptions',
  versions: '0',
  flexible: '0+',
  request: {
    clientInstanceId: uuid(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    clientInstanceId: uuid(),
    subscriptionId: int32(),
    acceptedCompressionTypes: array(int8()),
    pushIntervalMs: int32(),
    telemetryMaxBytes: int32(),
    deltaTemporality: bool(),
    requestedMetrics: array(string()),
  },
});
