/**
 * Errors that pass by themselves: a broker that has just started, or has just made a topic, answers with them for a while,
 * and every client asks again.
 */
import { errors } from '../errors';
import type { Difference } from './compare/compare';

const starting = [
  errors.LEADER_NOT_AVAILABLE.code,
  errors.NOT_LEADER_OR_FOLLOWER.code,
  errors.COORDINATOR_LOAD_IN_PROGRESS.code,
  errors.COORDINATOR_NOT_AVAILABLE.code,
  errors.NOT_COORDINATOR.code,
  errors.CONCURRENT_TRANSACTIONS.code,
];
/** What a recorded broker that was not ready may have said. That there is no such topic may have been the truth. */
const recordable: ReadonlySet<unknown> = new Set(starting);
const noTopic: readonly unknown[] = [errors.UNKNOWN_TOPIC_OR_PARTITION.code, errors.UNKNOWN_TOPIC_ID.code];
const passing: ReadonlySet<unknown> = new Set([...starting, ...noTopic]);

const isErrorCode = ({ field }: Difference) => /errorCode$/i.test(field);

/** Whether the target failed only because it is not ready yet, where the recorded broker was. */
export function isNotReady(differences: readonly Difference[]): boolean {
  const failed = differences.filter((one) => isErrorCode(one) && one.reason === null);
  return failed.length > 0 && failed.every(({ recorded, replayed }) => !passing.has(recorded) && passing.has(replayed));
}

/** What did not pass although it was waited for: it is not waited for again, so that a lack costs its time once. */
export class GivenUp {
  private readonly places = new Set<string>();

  /** @param differences errors that pass by themselves, as `isNotReady` says */
  add(differences: readonly Difference[]): void {
    for (const place of placesOf(differences)) this.places.add(place);
  }

  /** Whether all of it was. */
  has(differences: readonly Difference[]): boolean {
    return placesOf(differences).every((place) => this.places.has(place));
  }

  /** Something was made: what was lacking may come. */
  clear(): void {
    this.places.clear();
  }
}

/** Errors and where they are, whatever was asked. */
function placesOf(differences: readonly Difference[]): string[] {
  return differences.filter(isErrorCode).map(({ path, replayed }) => `${replayed} ${path}`);
}

/** APIs that only look: what they tell may be older than what was done before, and asking again does no harm. */
const looks = /^(Metadata|OffsetFetch|Describe\w+|List(?!Offsets)\w+|\w+GroupDescribe)$/;

/** Whether to ask again what differs: news travels from a controller to brokers, and between their parts. */
export function maySettle(name: string): boolean {
  return looks.test(name);
}

/** Gives a reason to what differs because the recorded broker was not ready yet, while the target was. */
export function wasNotReady(differences: readonly Difference[]): readonly Difference[] {
  const failed = differences.filter(isErrorCode);
  const isSo =
    failed.length > 0 && failed.every(({ recorded, replayed }) => recordable.has(recorded) && replayed === 0);
  if (!isSo) return differences;
  return differences.map((one) => ({ ...one, reason: one.reason ?? 'the recorded broker was not ready yet' }));
}
