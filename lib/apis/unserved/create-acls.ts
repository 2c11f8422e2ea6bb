/**
 * CreateAcls (30): adds ACLs; one that is there already is no error.
 *
 * Versions: 1–3. 1: patterns of names (KIP-290). 3: users as resources.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int8, int16, int32, string } from '../../protocol/schema';

export const createAcls = defineExchange({
  key: 30,
  name: 'CreateAcls',
  versions: '1-3',
  flexible: '2+',
  request: {
    creations: array({
      resourceType: int8(),
      resourceName: string(),
      resourcePatternType: int8().default(3),
      principal: string(),
      host: string(),
      operation: int8(),
      permissionType: int8(),
    }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    results: array({ errorCode: int16(), errorMessage: string().nullable() }),
  },
});
