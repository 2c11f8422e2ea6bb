/**
 * ListConfigResources (74): names of resources that have configuration, such as subscriptions to client metrics
 * (KIP-1000).
 *
 * Versions: 0–1. 1: resources of the wanted types (KIP-1142).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int8, int16, int32, string } from '../../protocol/schema';

export const listConfigResources = defineExchange({
  key: 74,
  name: 'ListConfigResources',
  versions: '0-1',
  flexible: '0+',
  request: {
    resourceTypes: array(int8()).since(1).default([]),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    configResources: array({ resourceName: string(), resourceType: int8().since(1).default(16) }),
  },
});
