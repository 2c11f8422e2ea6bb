/**
 * DeleteGroups (42): removes groups that have no members, and all that they have committed.
 *
 * Groups are answered one by one: GROUP_ID_NOT_FOUND, NON_EMPTY_GROUP or no error. A group that comes twice in a request
 * is deleted, and answered, once.
 *
 * Versions: 0–3. 3: messages, of which there are none but for streams groups.
 */
import type { KafkaError } from '../errors';
import { unique } from '../map-key';
import { defineApi } from '../protocol/api';
import { array, int16, int32, string } from '../protocol/schema';
import { orRefused } from './shared/or-refused';

export const deleteGroups = defineApi({
  key: 42,
  name: 'DeleteGroups',
  versions: '0-3',
  flexible: '2+',
  request: {
    groupsNames: array(string()),
  },
  response: {
    throttleTimeMs: int32().default(0),
    results: array({
      groupId: string(),
      errorCode: int16(),
      errorMessage: string().since(3).nullable().default(null),
    }),
  },

  refuse: ({ groupsNames }, error) => ({ results: groupsNames.map((groupId) => result(groupId, error)) }),

  async handle({ groupsNames }, _scope, { groups }) {
    const deleted = async (groupId: string) => result(groupId, await orRefused(groups.deleteGroup(groupId)));
    return { results: await Promise.all(unique(groupsNames).map(deleted)) };
  },
});

function result(groupId: string, { code }: KafkaError) {
  return { groupId, errorCode: code };
}
