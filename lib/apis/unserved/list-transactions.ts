/**
 * ListTransactions (66): the transactions that a coordinator knows, by state and producer (KIP-664).
 *
 * Versions: 0–2. 1: those that run for longer than a time (KIP-994). 2: those whose ids match a regular expression
 * (KIP-1152).
 */
import { defineExchange } from '../../protocol/exchange';
import { array, int16, int32, long, string } from '../../protocol/schema';

export const listTransactions = defineExchange({
  key: 66,
  name: 'ListTransactions',
  versions: '0-2',
  flexible: '0+',
  request: {
    stateFilters: array(string()),
    producerIdFilters: array(long()),
    durationFilter: long().since(1).default(-1),
    transactionalIdPattern: string().since(2).nullable().default(null),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    unknownStateFilters: array(string()),
    transactionStates: array({ transactionalId: string(), producerId: long(), transactionState: string() }),
  },
});
