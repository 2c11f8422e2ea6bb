/**
 * IncrementalAlterConfigs (44): sets, deletes, or adds to and takes from single keys of the configuration of
 * topics, brokers or other resources (KIP-339).
 *
 * Versions: 0–1, all alike but for their encoding.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int8, int16, int32, string } from '../../protocol/schema';

export const incrementalAlterConfigs = defineExchange({
  key: 44,
  name: 'IncrementalAlterConfigs',
  versions: '0-1',
  flexible: '1+',
  request: {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configs: array({ name: string(), configOperation: int8(), value: string().nullable() }),
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
