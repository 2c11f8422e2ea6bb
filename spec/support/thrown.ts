/** The errors that some work ends in, for specs that look at more than a message. */
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

/** What a promise is rejected with. */
export async function rejected(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was rejected');
}

/** What some work throws. */
export function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
