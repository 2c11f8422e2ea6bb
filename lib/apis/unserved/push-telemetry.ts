/**
 * PushTelemetry (72): a client brings the metrics that GetTelemetrySubscriptions told it to bring (KIP-714).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { bool, bytes, int8, int16, int32, uuid } from '../../protocol/schema';

export const pushTelemetry = defineExchange({
  key: 72,
  name: 'PushTelemetry',
  versions: '0',
  flexible: '0+',
  request: {
    clientInstanceId: uuid(),
    subscriptionId: int32(),
    terminating: bool(),
    compressionType: int8(),
    metrics: bytes(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
  },
});
