/** The error that some work ends in, for specs that look at more than its message. */
import { KafkaError } from '../../lib/errors';

/** The KafkaError that `work` throws; anything else that happens fails the spec. */
export function kafkaErrorOf(work: () => unknown): KafkaError {
  try {
    work();
  } catch (error) {
    if (error instanceof KafkaError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
