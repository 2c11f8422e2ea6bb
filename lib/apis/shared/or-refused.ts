/**
 * Requests that ask of many things at once: what cannot be done for one of them is its own error, and the others are
 * answered. Called by APIs that name many groups.
 */
import { KafkaError } from '../../errors';

/** What a promise gives, or the KafkaError that it rejects with. Rejects only with what is none. */
export async function orRefused<T>(promise: Promise<T>): Promise<T | KafkaError> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof KafkaError) return error;
    throw error;
  }
}
