/**
 * UnregisterController (94): makes the cluster forget a controller that is gone.
 *
 * Versions: 0.
 */
import { defineExchange } from '../../protocol/exchange';
import { int16, int32, string } from '../../protocol/schema';

export const unregisterController = defineExchange({
  key: 94,
  name: 'UnregisterController',
  versions: '0',
  flexible: '0+',
  request: {
    controllerId: int32(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
  },
});
