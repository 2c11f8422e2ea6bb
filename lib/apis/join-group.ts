/**
 * JoinGroup (11): a member of the classic protocol asks to be part of a group, or of its next generation.
 *
 * The answer comes when the join phase is over: to the leader with what every member said of itself, to all others
 * without. With an error there is no generation (−1) and no leader. A dynamic member that has no id yet is given one
 * and comes again with it (MEMBER_ID_REQUIRED, KIP-394).
 *
 * Versions: 0–9. 1: rebalance time-outs; before, that of the session. 4: MEMBER_ID_REQUIRED. 5: static members
 * (KIP-345). 7: the protocol type in the answer, and null for no protocol instead of an empty name. 8: reasons. 9: a
 * leader can be told not to assign anything (KIP-814).
 */
import { KafkaError } from '../errors';
import { defineApi } from '../protocol/api';
import { array, bool, bytes, int16, int32, string } from '../protocol/schema';
import { clientOf } from './shared/client';
import { orRefused } from './shared/or-refused';

export const joinGroup = defineApi({
  key: 11,
  name: 'JoinGroup',
  versions: '0-9',
  flexible: '6+',
  request: {
    groupId: string(),
    sessionTimeoutMs: int32(),
    rebalanceTimeoutMs: int32().since(1).default(-1),
    memberId: string(),
    groupInstanceId: string().since(5).nullable().default(null),
    protocolType: string(),
    protocols: array({ name: string(), metadata: bytes() }),
    reason: string().since(8).nullable().default(null),
  },
  response: {
    throttleTimeMs: int32().since(2).default(0),
    errorCode: int16(),
    generationId: int32().default(-1),
    protocolType: string().since(7).nullable().default(null),
    protocolName: string().nullable(7),
    leader: string(),
    skipAssignment: bool().since(9).default(false),
    memberId: string(),
    members: array({
      memberId: string(),
      groupInstanceId: string().since(5).nullable().default(null),
      metadata: bytes(),
    }),
  },

  refuse: (body, error) => failed(body.memberId, error, ''),

  async handle(body, scope, { groups }) {
    const { version } = scope;
    const noName = version < 7 ? '' : null;
    const asked = groups.joinGroup({
      groupId: body.groupId,
      memberId: body.memberId,
      groupInstanceId: body.groupInstanceId,
      client: clientOf(scope),
      sessionTimeoutMs: body.sessionTimeoutMs,
      rebalanceTimeoutMs: version === 0 ? body.sessionTimeoutMs : body.rebalanceTimeoutMs,
      protocolType: body.protocolType,
      protocols: body.protocols,
      requiresKnownMemberId: version >= 4,
      canSkipAssignment: version >= 9,
      reason: body.reason,
    });
    const answer = await orRefused(asked);
    if (answer instanceof KafkaError) return failed(body.memberId, answer, noName);
    return { ...answer, errorCode: answer.error.code, protocolName: answer.protocolName || noName };
  },
});

function failed(memberId: string, { code }: KafkaError, protocolName: string | null) {
  return { errorCode: code, protocolName, leader: '', memberId, members: [] };
}
