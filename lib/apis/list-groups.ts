/**
 * ListGroups (16): every group that this broker looks after, of every type.
 *
 * Filters are lists of what is wanted, whatever the case of their letters; an empty one wants everything, and a state or
 * type that does not exist is one that no group has. As long as a part of the groups is being loaded there is no list.
 *
 * Versions: 0–5. 4: states and a filter of them (KIP-518). 5: types and a filter of them (KIP-848).
 */
import { mapKey } from '../map-key';
import { defineApi } from '../protocol/api';
import { array, int16, int32, string } from '../protocol/schema';

export const listGroups = defineApi({
  key: 16,
  name: 'ListGroups',
  versions: '0-5',
  flexible: '3+',
  request: {
    statesFilter: array(string()).since(4).default([]),
    typesFilter: array(string()).since(5).default([]),
  },
  response: {
    throttleTimeMs: int32().since(1).default(0),
    errorCode: int16(),
    groups: array({
      groupId: string(),
      protocolType: string(),
      groupState: string().since(4),
      groupType: string().since(5),
    }),
  },

  refuse: (_body, { code }) => ({ errorCode: code, groups: [] }),

  async handle({ statesFilter, typesFilter }, _scope, { groups }) {
    const wantsState = filterOf(statesFilter);
    const wantsType = filterOf(typesFilter);
    const listed = await groups.listGroups();
    return {
      errorCode: 0,
      groups: listed
        .filter(({ state, type }) => wantsState(state) && wantsType(type))
        .map(({ groupId, protocolType, state, type }) => ({
          groupId,
          protocolType,
          groupState: state,
          groupType: type,
        })),
    };
  },
});

function filterOf(filter: readonly string[]): (value: string) => boolean {
  const wanted = new Set(filter.map((text) => mapKey(text.trim().toLowerCase())));
  return (value) => wanted.size === 0 || wanted.has(value.toLowerCase());
}
