/**
 * UpdateFeatures (57): changes the levels of features, such as metadata.version (KIP-584).
 *
 * Versions: 0–2. 1: which kinds of downgrades are wanted, and only validating. 2: one error for all features.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, bool, int8, int16, int32, string } from '../../protocol/schema';

export const updateFeatures = defineExchange({
  key: 57,
  name: 'UpdateFeatures',
  versions: '0-2',
  flexible: '0+',
  request: {
    timeoutMs: int32().default(60000),
    featureUpdates: array({
      feature: string(),
      maxVersionLevel: int16(),
      allowDowngrade: bool().until(0).default(false),
      upgradeType: int8().since(1).default(1),
    }),
    validateOnly: bool().since(1).default(false),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
    results: array({ feature: string(), errorCode: int16(), errorMessage: string().nullable() }).until(1).default([]),
  },
});
