/**
 * Signs that the target was not as the recorded broker was before the recording: topics that it lacks, or has already. Whoever
 * sums up a run says what to do about them.
 */
import { errors } from '../errors';
import type { Difference } from './compare/compare';

const noTopic: readonly unknown[] = [errors.UNKNOWN_TOPIC_OR_PARTITION.code, errors.UNKNOWN_TOPIC_ID.code];
const topicThere: readonly unknown[] = [errors.TOPIC_ALREADY_EXISTS.code];

const isErrorCode = ({ field }: Difference) => /errorCode$/i.test(field);
const saysFirst = (codes: readonly unknown[]) => (one: Difference) =>
  isErrorCode(one) && codes.includes(one.replayed) && !codes.includes(one.recorded);

/** Whether the target does not know a topic that the recorded broker knew. */
export function lacksTopic(differences: readonly Difference[]): boolean {
  return differences.some(saysFirst(noTopic));
}

/** Whether the target has a topic that was made in the recording. */
export function hasTopicAlready(differences: readonly Difference[]): boolean {
  return differences.some(saysFirst(topicThere));
}
