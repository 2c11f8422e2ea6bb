/**
 * CreatePartitions (37): gives topics more partitions, or with `validateOnly` says what that would lead to (KIP-195).
 *
 * The count is the number of partitions afterwards; it can only grow. A topic that comes twice gets one row with
 * INVALID_REQUEST, before the others.
 *
 * Versions: 0–3, all alike but for their encoding.
 */
import { errors } from '../errors';
import { defineApi } from '../protocol/api';
import { array, bool, int16, int32, string } from '../protocol/schema';
import { once } from './shared/once';

export const createPartitions = defineApi({
  key: 37,
  name: 'CreatePartitions',
  versions: '0-3',
  flexible: '2+',
  request: {
    topics: array({
      name: string(),
      count: int32(),
      assignments: array({
        brokerIds: array(int32()),
      }).nullable(),
    }),
    timeoutMs: int32(),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    results: array({
      name: string(),
      errorCode: int16(),
      errorMessage: string().nullable().default(null),
    }),
  },

  refuse: ({ topics }, { code, message }) => ({
    results: topics.map(({ name }) => ({ name, errorCode: code, errorMessage: message })),
  }),

  async handle({ topics, validateOnly }, _scope, { controller }) {
    const { single, repeated } = once(topics, ({ name }) => name);
    const outcomes = await controller.createPartitions(single, validateOnly);
    const { code } = errors.INVALID_REQUEST;
    const twice = 'Duplicate topic name.';
    return {
      results: [
        ...repeated.map((name) => ({ name, errorCode: code, errorMessage: twice })),
        ...outcomes.map((outcome, i) => {
          const { name } = single[i]!;
          if (!('refused' in outcome)) return { name, errorCode: 0 };
          return { name, errorCode: outcome.refused.code, errorMessage: outcome.refused.message };
        }),
      ],
    };
  },
});
