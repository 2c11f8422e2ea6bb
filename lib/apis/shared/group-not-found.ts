/**
 * Why a group cannot be described: there is none, or it is one of another type, which is told by the message alone.
 */
import { errors, type KafkaError } from '../../errors';

/** GROUP_ID_NOT_FOUND in Kafka's words; `isNot` is the type that was asked for where the group has another. */
export function groupNotFound(groupId: string, isNot: 'classic' | 'consumer' | null = null): KafkaError {
  const because = isNot === null ? 'not found' : `is not a ${isNot} group`;
  return errors.GROUP_ID_NOT_FOUND.because(`Group ${groupId} ${because}.`);
}
