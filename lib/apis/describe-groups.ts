/**
 * DescribeGroups (15): classic groups with their members, and what each has been assigned.
 *
 * A group that does not exist is Dead, and so is one of another type. What members said and were given is told of stable
 * groups only. A group that comes twice in a request is answered once: the answer could be large.
 *
 * Versions: 0–6. 3: authorized operations (KIP-430). 4: static members. 6: GROUP_ID_NOT_FOUND with a message for a group
 * that does not exist (KIP-1043); up to 5 there is no error.
 */
import { errors, KafkaError } from '../errors';
import { unique } from '../map-key';
import { defineApi } from '../protocol/api';
import { array, bool, bytes, type Draft, int16, int32, string } from '../protocol/schema';
import type { Services } from '../services';
import { authorizedOperations } from './shared/authorized-operations';
import { groupNotFound } from './shared/group-not-found';
import { orRefused } from './shared/or-refused';

const response = {
  throttleTimeMs: int32().since(1).default(0),
  groups: array({
    errorCode: int16(),
    errorMessage: string().since(6).nullable().default(null),
    groupId: string(),
    groupState: string(),
    protocolType: string(),
    protocolData: string(),
    members: array({
      memberId: string(),
      groupInstanceId: string().since(4).nullable().default(null),
      clientId: string(),
      clientHost: string(),
      memberMetadata: bytes(),
      memberAssignment: bytes(),
    }),
    authorizedOperations: int32().since(3).default(authorizedOperations.notRequested),
  }),
};

type Row = Draft<typeof response>['groups'][number];

export const describeGroups = defineApi({
  key: 15,
  name: 'DescribeGroups',
  versions: '0-6',
  flexible: '5+',
  request: {
    groups: array(string()),
    includeAuthorizedOperations: bool().since(3).default(false),
  },
  response,

  refuse: ({ groups }, error) => ({ groups: groups.map((groupId) => failed(groupId, error)) }),

  async handle(body, { version }, services) {
    const operations = authorizedOperations[body.includeAuthorizedOperations ? 'group' : 'notRequested'];
    const row = async (groupId: string): Promise<Row> => {
      const found = await orRefused(describe(groupId, version, services));
      if (found instanceof KafkaError) return failed(groupId, found);
      return { ...found, errorCode: 0, authorizedOperations: operations };
    };
    return { groups: await Promise.all(unique(body.groups).map(row)) };
  },
});

/** Rejects with GROUP_ID_NOT_FOUND in versions that can say so. */
async function describe(groupId: string, version: number, { groups }: Services) {
  const found = await groups.describeClassicGroup(groupId);
  if (found !== null) {
    const { state, ...group } = found;
    return { ...group, groupState: state };
  }
  if (version < 6) return nothing(groupId, 'Dead');
  throw groupNotFound(groupId, (await groups.describeConsumerGroup(groupId)) === null ? null : 'classic');
}

function failed(groupId: string, error: KafkaError): Row {
  const state = error.is(errors.GROUP_ID_NOT_FOUND) ? 'Dead' : '';
  return { ...nothing(groupId, state), errorCode: error.code, errorMessage: error.message };
}

function nothing(groupId: string, groupState: string) {
  return { groupId, groupState, protocolType: '', protocolData: '', members: [] };
}
