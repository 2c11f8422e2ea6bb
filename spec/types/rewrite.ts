/**
 * What exchanges and rewriters promise: bodies keep their types on the way through.
 */
import { type Api, defineApi } from '../../lib/protocol/api';
import { defineExchange, type Exchange } from '../../lib/protocol/exchange';
import { rewriter } from '../../lib/protocol/rewrite';
import { array, int16, int32, string } from '../../lib/protocol/schema';
import { accepts, claim, type Same } from './claims';

const request = { names: array(string()), limit: int32().since(2).default(-1) };
const response = { errorCode: int16() };
const shape = { key: 500, name: 'Sample', versions: '0-2', flexible: 'none', request, response };
const sample = defineExchange(shape);

// A served API is an exchange; an exchange alone is not served.
accepts<Exchange>(sample);
accepts<Exchange>(defineApi({ ...shape, refuse: () => ({ errorCode: 1 }), handle: () => null }));
// @ts-expect-error nothing answers it
accepts<Api>(sample);
// @ts-expect-error every exchange says which versions are flexible
defineExchange({ key: 500, name: 'Sample', versions: '0', request, response });

const rewrite = rewriter<typeof request, number>(request, () => (value, context) => {
  claim<Same<typeof value, unknown>>();
  claim<Same<typeof context, number>>();
  return value;
});
const body = rewrite({ names: ['a'], limit: 1 }, 5);
claim<Same<typeof body, { names: string[]; limit: number }>>();
// Defaults may be left out, as in any draft.
rewrite({ names: [] }, 5);
// @ts-expect-error not a body of this schema
rewrite({ errorCode: 0 }, 5);
// @ts-expect-error the context is a number
rewrite(body, 'five');

// Who needs no context gives none.
rewriter(response, () => null)({ errorCode: 0 });
