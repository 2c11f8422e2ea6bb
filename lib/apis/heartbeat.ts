/**
 * Heartbeat (12): a member of a classic group is still there. REBALANCE_IN_PROGRESS tells it to join again.
 *
 * Versions: 0–4. 3: static members.
 */
import { defineApi } from '../protocol/api';
import { int16, int32, string } from '../protocol/schema';

export const heartbeat = defineApi({
  key: 12,
  name: 'Heartbeat',
  versions: '0-4',
  flexible: '4+',
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string().since(3).nullable().default(null),
  },
  response: {
    throttleTimeMs: int32().since(1).default(0),
    errorCode: int16(),
  },

  refuse: (_body, { code }) => ({ errorCode: code }),

  async handle(body, _scope, { groups }) {
    const { code } = await groups.heartbeat(body);
    return { errorCode: code };
  },
});
