/**
 * What `defineApi` promises: handlers see the types of their own messages.
 */
import type { ErrorName, errors, KafkaError } from '../../lib/errors';
import { Answer, type Api, defineApi } from '../../lib/protocol/api';
import { array, int16, int32, string } from '../../lib/protocol/schema';
import { accepts, claim, type Same } from './claims';

const request = { names: array(string()), limit: int32().since(2).default(-1) };
const response = { errorCode: int16(), message: string().nullable().default(null) };
const shape = { key: 500, name: 'Sample', versions: '0-2', flexible: 'none', request, response };

const sample = defineApi({
  ...shape,
  refuse: (body, error) => {
    claim<Same<typeof body, { names: string[]; limit: number }>>();
    claim<Same<typeof error, KafkaError>>();
    return { errorCode: error.code };
  },
  handle: (body, { version, signal }) => {
    accepts<number>(body.limit);
    accepts<number>(version);
    accepts<AbortSignal>(signal);
    // @ts-expect-error this request has no topics
    body.topics;
    return { errorCode: 0 };
  },
});

// An API with messages of its own is an API.
accepts<Api>(sample);

// An answer may come later, hold memory, or not come at all.
const refuse = () => ({ errorCode: -1 });
defineApi({ ...shape, refuse, handle: async () => ({ errorCode: 0, message: 'later' }) });
defineApi({ ...shape, refuse, handle: () => new Answer({ errorCode: 0 }, () => {}) });
defineApi({ ...shape, refuse, handle: () => null });

// It has all its fields but those with a default, and no others.
// @ts-expect-error errorCode has no default
defineApi({ ...shape, refuse, handle: () => ({ message: 'no code' }) });
// @ts-expect-error an error code is a number
defineApi({ ...shape, refuse, handle: () => ({ errorCode: 'NONE' }) });
// @ts-expect-error a refusal is an answer as well
defineApi({ ...shape, refuse: () => ({}), handle: () => null });
// @ts-expect-error there are two orders
defineApi({ ...shape, refuse, handle: () => null, order: 'parallel' });

// Codecs read and write the types of the API.
declare const reader: Parameters<ReturnType<typeof sample.requestCodec>['read']>[0];
claim<Same<ReturnType<ReturnType<typeof sample.requestCodec>['read']>, { names: string[]; limit: number }>>();
accepts<{ limit: number }>(sample.requestCodec(0).read(reader));

// Errors are found by names that the compiler knows.
claim<Same<keyof typeof errors, ErrorName>>();
accepts<ErrorName>('INVALID_RECORD');
// @ts-expect-error no such row
accepts<ErrorName>('INVALID_RECORDS');
