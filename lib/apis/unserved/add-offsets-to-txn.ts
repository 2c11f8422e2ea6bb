/**
 * AddOffsetsToTxn (25): adds the offsets of a group to an open transaction, before TxnOffsetCommit commits them.
 *
 * Versions: 0–4. 2: PRODUCER_FENCED. 4: TRANSACTION_ABORTABLE (KIP-890).
 */
import { defineExchange } from '../../protocol/exchange';
import { int16, int32, long, string } from '../../protocol/schema';

export const addOffsetsToTxn = defineExchange({
  key: 25,
  name: 'AddOffsetsToTxn',
  versions: '0-4',
  flexible: '3+',
  request: {
    transactionalId: string(),
    producerId: long(),
    producerEpoch: int16(),
    groupId: string(),
  },
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
  },
});
