/**
 * AlterClientQuotas (49): sets and removes quotas of users, client ids and addresses (KIP-546).
 *
 * Versions: 0–1, all alike but for their encoding.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, float64, int16, int32, string } from '../../protocol/schema';

const entityData = { entityType: string(), entityName: string().nullable() };

export const alterClientQuotas = defineExchange({
  key: 49,
  name: 'AlterClientQuotas',
  versions: '0-1',
  flexible: '1+',
  request: {
    entries: array({ entity: array(entityData), ops: array({ key: string(), value: float64(), remove: bool() }) }),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    entries: array({ errorCode: int16(), errorMessage: string().nullable(), entity: array(entityData) }),
  },
});
