/**
 * Ids inside bytes that only clients understand: what members of a classic group say of themselves and are assigned.
 *
 * Two things are known: the generation in a consumer's Subscription (KIP-792), and member ids, wherever they stand, as
 * long as the new one is as long as the recorded one. What cannot be read stays as it is.
 *
 * Not done: member ids of another length; generations and ids in the user data of assignors, each of which has a format of its
 * own. Consumers' Subscriptions and Assignments name no member but there, so it is Kafka Connect's leaders that stay as they
 * were recorded. No broker reads either: it hands on what it was given, and a replay hears its own words again.
 */
import { readSubscription, writeSubscription } from '../../protocol/consumer-protocol';
import { idKindOf } from './id-kinds';
import { type IdPlace, type LearnedIds, nowhere } from './learned-ids';

const generations = idKindOf('', 'generationId', 'int32')!;
const memberIds = idKindOf('', 'memberId', 'string')!;

/** Byte fields that members of groups fill: the first are Subscriptions, the others Assignments. */
const subscriptions = new Set(['metadata', 'memberMetadata']);
const assignments = new Set(['assignment', 'memberAssignment']);

/** A member id as brokers make them: a client's name, a dash, a UUID. */
const memberIdPattern = /[\w.-]*[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g;

/** The value of a byte field with the ids of the new broker; the same buffer where nothing is called otherwise. */
export function rewriteOpaque(name: string, value: Buffer, place: IdPlace, ids: LearnedIds): Buffer {
  if (subscriptions.has(name)) return rewriteMemberIds(rewriteGeneration(value, place, ids), ids);
  return assignments.has(name) ? rewriteMemberIds(value, ids) : value;
}

function rewriteGeneration(value: Buffer, place: IdPlace, ids: LearnedIds): Buffer {
  const read = readSubscription(value);
  if (read === null || read.version < 2) return value;
  const generationId = ids.get(generations, place, read.generationId) as number;
  return generationId === read.generationId ? value : writeSubscription({ ...read, generationId }, read.version);
}

function rewriteMemberIds(value: Buffer, ids: LearnedIds): Buffer {
  const text = value.toString('latin1');
  const changed = text.replace(memberIdPattern, (recorded) => {
    const replayed = ids.get(memberIds, nowhere, recorded) as string;
    return replayed.length === recorded.length ? replayed : recorded;
  });
  return changed === text ? value : Buffer.from(changed, 'latin1');
}
