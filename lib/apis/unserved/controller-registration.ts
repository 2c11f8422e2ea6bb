/**
 * ControllerRegistration (70): a controller tells the active one what it is: listeners and features (KIP-919).
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int16, int32, string, uint16, uuid } from '../../protocol/schema';

export const controllerRegistration = defineExchange({
  key: 70,
  name: 'ControllerRegistration',
  versions: '0',
  flexible: '0+',
  request: {
    controllerId: int32(),
    incarnationId: uuid(),
    zkMigrationReady: bool(),
    listeners: array({ name: string(), host: string(), port: uint16(), securityProtocol: int16() }),
    features: array({ name: string(), minSupportedVersion: int16(), maxSupportedVersion: int16() }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
  },
});
