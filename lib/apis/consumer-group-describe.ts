/**
 * ConsumerGroupDescribe (69): groups of the consumer protocol (KIP-848) with their epochs and members, and what each
 * member has and is to have.
 *
 * A group that does not exist, or is of another type, is GROUP_ID_NOT_FOUND and its message says which. Topics that are
 * gone are left out of assignments. A group that comes twice in a request is answered once: the answer could be large.
 * Refused with UNSUPPORTED_VERSION where the protocol is not offered.
 *
 * Versions: 0–1. 1: types of members, for those of the classic protocol in a group that is being converted.
 */
import type { Assignment } from '../coordinators/groups/requests';
import { errors, KafkaError } from '../errors';
import { unique } from '../map-key';
import { defineApi } from '../protocol/api';
import { array, bool, type Draft, int8, int16, int32, string, struct, uuid } from '../protocol/schema';
import type { Services } from '../services';
import { authorizedOperations } from './shared/authorized-operations';
import { demandConsumerProtocol } from './shared/consumer-protocol';
import { groupNotFound } from './shared/group-not-found';
import { orRefused } from './shared/or-refused';

const assignment = () =>
  struct({
    topicPartitions: array({
      topicId: uuid(),
      topicName: string(),
      partitions: array(int32()),
    }),
  });

const response = {
  throttleTimeMs: int32().default(0),
  groups: array({
    errorCode: int16(),
    errorMessage: string().nullable().default(null),
    groupId: string(),
    groupState: string(),
    groupEpoch: int32(),
    assignmentEpoch: int32(),
    assignorName: string(),
    members: array({
      memberId: string(),
      instanceId: string().nullable().default(null),
      rackId: string().nullable().default(null),
      memberEpoch: int32(),
      clientId: string(),
      clientHost: string(),
      subscribedTopicNames: array(string()),
      subscribedTopicRegex: string().nullable().default(null),
      assignment: assignment(),
      targetAssignment: assignment(),
      memberType: int8().since(1).default(-1),
    }),
    authorizedOperations: int32().default(authorizedOperations.notRequested),
  }),
};

type Row = Draft<typeof response>['groups'][number];

export const consumerGroupDescribe = defineApi({
  key: 69,
  name: 'ConsumerGroupDescribe',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupIds: array(string()),
    includeAuthorizedOperations: bool(),
  },
  response,

  refuse: ({ groupIds }, error) => ({ groups: groupIds.map((groupId) => failed(groupId, error)) }),

  async handle(body, _scope, services) {
    demandConsumerProtocol(services);
    const operations = authorizedOperations[body.includeAuthorizedOperations ? 'group' : 'notRequested'];
    const row = async (groupId: string): Promise<Row> => {
      const found = await orRefused(describe(groupId, services));
      return found instanceof KafkaError ? failed(groupId, found) : { ...found, authorizedOperations: operations };
    };
    return { groups: await Promise.all(unique(body.groupIds).map(row)) };
  },
});

async function describe(groupId: string, services: Services): Promise<Row> {
  const { groups } = services;
  if (groupId === '') throw errors.INVALID_GROUP_ID;
  const found = await groups.describeConsumerGroup(groupId);
  if (found === null)
    throw groupNotFound(groupId, (await groups.describeClassicGroup(groupId)) === null ? null : 'consumer');
  const { topicsById } = services.metadata();
  const named = (assigned: Assignment) => ({
    topicPartitions: [...assigned].flatMap(([topicId, partitions]) => {
      const topicName = topicsById.get(topicId)?.name;
      return topicName === undefined ? [] : [{ topicId, topicName, partitions }];
    }),
  });
  return {
    ...found,
    errorCode: 0,
    groupState: found.state,
    members: found.members.map((member) => ({
      ...member,
      assignment: named(member.assignment),
      targetAssignment: named(member.targetAssignment),
    })),
  };
}

function failed(groupId: string, { code, message }: KafkaError): Row {
  return {
    errorCode: code,
    errorMessage: message,
    groupId,
    groupState: '',
    groupEpoch: 0,
    assignmentEpoch: 0,
    assignorName: '',
    members: [],
  };
}
