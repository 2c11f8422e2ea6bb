/**
 * AlterConfigs (33): replaces all configuration of topics, brokers or other resources; keys that are not named go
 * back to their defaults. IncrementalAlterConfigs took its place.
 *
 * Versions: 0–2, all alike but for their encoding.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int8, int16, int32, string } from '../../protocol/schema';

export const alterConfigs = defineExchange({
  key: 33,
  name: 'AlterConfigs',
  versions: '0-2',
  flexible: '2+',
  request: {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configs: array({ name: string(), value: string().nullable() }),
    }),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    responses: array({
      errorCode: int16(),
      errorMessage: string().nullable(),
      resourceType: int8(),
      resourceName: string(),
    }),
  },
});
