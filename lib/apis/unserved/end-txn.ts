/**
 * EndTxn (26): commits or aborts a transaction.
 *
 * Versions: 0–5. 2: PRODUCER_FENCED. 4: TRANSACTION_ABORTABLE. 5: each end raises the producer epoch, and the
 * answer tells it (KIP-890).
 */
import { defineExchange } from '../../protocol/exchange';
import { bool, int16, int32, long, string } from '../../protocol/schema';

export const endTxn = defineExchange({
  key: 26,
  name: 'EndTxn',
  versions: '0-5',
  flexible: '3+',
  request: {
    transactionalId: string(),
    producerId: long(),
    producerEpoch: int16(),
    committed: bool(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    producerId: long().since(5).default(-1),
    producerEpoch: int16().since(5).default(-1),
  },
});
