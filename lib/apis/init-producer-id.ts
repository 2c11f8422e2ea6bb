/**
 * InitProducerId (22): gives a producer its id and epoch, by which its batches are told apart (KIP-98).
 *
 * A producer without a transactional id gets an id that nobody has had, in epoch 0; whatever id it brings along is of no
 * account, but id and epoch come both or not at all. Kafka answers its very first call COORDINATOR_LOAD_IN_PROGRESS,
 * because it has no block of ids yet; here the call waits for one.
 *
 * Versions: 0–5. 3: the producer may bring its id and epoch (KIP-360). 4 and 5: errors that no idempotent producer sees.
 *
 * Not done: transactions. A transactional id that is in order gets TRANSACTIONAL_ID_AUTHORIZATION_FAILED, the answer that
 * Kafka has for what this cluster does not let anybody do (as for two-phase commit where it is off): clients stop at it.
 */
import { errors, type KafkaError } from '../errors';
import { defineApi } from '../protocol/api';
import { type Infer, int16, int32, long, string } from '../protocol/schema';
import type { Services } from '../services';

const request = {
  transactionalId: string().nullable(),
  transactionTimeoutMs: int32(),
  producerId: long().since(3).default(-1),
  producerEpoch: int16().since(3).default(-1),
};

export const initProducerId = defineApi({
  key: 22,
  name: 'InitProducerId',
  versions: '0-5',
  flexible: '2+',
  request,
  response: {
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    producerId: long().default(-1),
    producerEpoch: int16(),
  },

  refuse: (_body, { code }) => ({ errorCode: code, producerId: -1, producerEpoch: -1 }),

  async handle(body, _scope, services) {
    const refused = check(body, services);
    if (refused !== null) throw refused;
    return { errorCode: 0, producerId: await services.producerIds.next(), producerEpoch: 0 };
  },
});

function check(body: Infer<typeof request>, { config }: Services): KafkaError | null {
  const { transactionalId, transactionTimeoutMs, producerId, producerEpoch } = body;
  if ((producerId === -1) !== (producerEpoch === -1)) return errors.INVALID_REQUEST;
  if (transactionalId === null) return null;
  if (transactionalId === '') return errors.INVALID_REQUEST;
  if (transactionTimeoutMs <= 0 || transactionTimeoutMs > config['transaction.max.timeout.ms'])
    return errors.INVALID_TRANSACTION_TIMEOUT;
  return errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
}
