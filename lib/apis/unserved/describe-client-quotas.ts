/**
 * DescribeClientQuotas (48): the quotas that are set for users, client ids and addresses (KIP-546).
 *
 * Versions: 0–1, all alike but for their encoding.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, float64, int8, int16, int32, string } from '../../protocol/schema';

export const describeClientQuotas = defineExchange({
  key: 48,
  name: 'DescribeClientQuotas',
  versions: '0-1',
  flexible: '1+',
  request: {
    components: array({ entityType: string(), matchType: int8(), match: string().nullable() }),
    strict: bool(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
    entries: array({
      entity: array({ entityType: string(), entityName: string().nullable() }),
      values: array({ key: string(), value: float64() }),
    }).nullable(),
  },
});
