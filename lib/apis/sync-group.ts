/**
 * SyncGroup (14): a member of a classic group asks for its assignment; the leader brings everybody's.
 *
 * The answer comes when the leader has brought them. Protocol type and name, where a version has them, must be there and
 * must be those of the group, else it is INCONSISTENT_GROUP_PROTOCOL.
 *
 * Versions: 0–5. 3: static members. 5: protocol type and name, in the answer too.
 */
import { errors } from '../errors';
import { defineApi } from '../protocol/api';
import { array, bytes, int16, int32, string } from '../protocol/schema';

const nothing = Buffer.alloc(0);

export const syncGroup = defineApi({
  key: 14,
  name: 'SyncGroup',
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string().since(3).nullable().default(null),
    protocolType: string().since(5).nullable().default(null),
    protocolName: string().since(5).nullable().default(null),
    assignments: array({ memberId: string(), assignment: bytes() }),
  },
  response: {
    throttleTimeMs: int32().since(1).default(0),
    errorCode: int16(),
    protocolType: string().since(5).nullable().default(null),
    protocolName: string().since(5).nullable().default(null),
    assignment: bytes(),
  },

  refuse: (_body, { code }) => ({ errorCode: code, assignment: nothing }),

  async handle({ protocolType, protocolName, ...body }, { version }, { groups }) {
    const saysProtocol = version >= 5;
    if (saysProtocol && (protocolType === null || protocolName === null)) throw errors.INCONSISTENT_GROUP_PROTOCOL;
    const { error, ...answer } = await groups.syncGroup({
      ...body,
      protocolType: saysProtocol ? protocolType : undefined,
      protocolName: saysProtocol ? protocolName : undefined,
    });
    return { ...answer, errorCode: error.code };
  },
});
