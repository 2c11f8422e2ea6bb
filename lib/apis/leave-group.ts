/**
 * LeaveGroup (13): members leave a classic group, or are removed from it by an administrator who knows the instance id.
 *
 * Versions: 0–5. Up to 2 one member leaves, and its error is the error of the answer. 3: many at once, each with its own
 * error, be they named by member id or by instance id (KIP-345). 5: reasons (KIP-800).
 */
import { errors } from '../errors';
import { defineApi } from '../protocol/api';
import { array, int16, int32, string } from '../protocol/schema';

export const leaveGroup = defineApi({
  key: 13,
  name: 'LeaveGroup',
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: string(),
    memberId: string().until(2).default(''),
    members: array({
      memberId: string(),
      groupInstanceId: string().nullable().default(null),
      reason: string().since(5).nullable().default(null),
    })
      .since(3)
      .default([]),
  },
  response: {
    throttleTimeMs: int32().since(1).default(0),
    errorCode: int16(),
    members: array({
      memberId: string(),
      groupInstanceId: string().nullable(),
      errorCode: int16(),
    })
      .since(3)
      .default([]),
  },

  refuse: (_body, { code }) => ({ errorCode: code }),

  async handle({ groupId, memberId, members }, { version }, { groups }) {
    const isAlone = version < 3;
    const alone = { memberId, groupInstanceId: null, reason: null };
    const answer = await groups.leaveGroup({ groupId, members: isAlone ? [alone] : members });
    if (!answer.error.is(errors.NONE)) return { errorCode: answer.error.code };
    if (isAlone) return { errorCode: answer.members[0]?.error.code ?? 0 };
    return {
      errorCode: 0,
      members: answer.members.map(({ error, ...member }) => ({ ...member, errorCode: error.code })),
    };
  },
});
