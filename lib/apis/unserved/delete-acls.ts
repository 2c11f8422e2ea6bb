/**
 * DeleteAcls (31): deletes the ACLs that filters find, and tells which they were.
 *
 * Versions: 1–3. 1: patterns of names (KIP-290). 3: users as resources.
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int8, int16, int32, string } from '../../protocol/schema';

export const deleteAcls = defineExchange({
  key: 31,
  name: 'DeleteAcls',
  versions: '1-3',
  flexible: '2+',
  request: {
    filters: array({
      resourceTypeFilter: int8(),
      resourceNameFilter: string().nullable(),
      patternTypeFilter: int8().default(3),
      principalFilter: string().nullable(),
      hostFilter: string().nullable(),
      operation: int8(),
      permissionType: int8(),
    }),
  },
  response: {
    throttleTimeMs: int32().default(0),
    filterResults: array({
      errorCode: int16(),
      errorMessage: string().nullable(),
      matchingAcls: array({
        errorCode: int16(),
        errorMessage: string().nullable(),
        resourceType: int8(),
        resourceName: string(),
        patternType: int8().default(3),
        principal: string(),
        host: string(),
        operation: int8(),
        permissionType: int8(),
      }),
    }),
  },
});
