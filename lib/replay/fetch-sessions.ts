/**
 * Fetch sessions (KIP-227) of a recording, for targets that do not keep them: one that grants none, has given one up, or
 * never heard of one because it was opened before the recording began.
 *
 * In a session a client sends what has changed, and is answered what has changed. Where the target has no such session, the
 * replay keeps it in the target's place: it asks for all that the session would have meant, without a session, and leaves
 * out of the answer what a broker would have left out. So the answer can be held against the recorded one as any other.
 *
 * What always holds: a session that the target keeps is played as it was recorded. Once it has lost one, that session is
 * kept here to its end, because the target would count its requests otherwise.
 *
 * Memory: `partitionsMax` partitions of all sessions; sessions not used for longest are forgotten, and then known only by
 * what is still said in them.
 *
 * Not done: partitions of which a session that was opened before the recording began has not spoken yet are not asked for,
 * and share sessions (KIP-932) are not kept (ids/id-kinds.ts says why).
 */
import type { Body } from '../capture/recorded';
import { errors } from '../errors';
import type { Difference } from './compare/compare';
import { idKindOf } from './ids/id-kinds';
import { type LearnedIds, nowhere } from './ids/learned-ids';

interface Topic extends Body {
  readonly topic: string;
  readonly topicId: string;
}
interface AskedTopic extends Topic {
  readonly partitions: readonly Asked[];
}
interface Asked extends Body {
  readonly partition: number;
}
interface ForgottenTopic extends Topic {
  readonly partitions: readonly number[];
}
interface AnsweredTopic extends Topic {
  readonly partitions: readonly Row[];
}
interface Row extends Body {
  readonly partitionIndex: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  readonly records: Buffer | null;
  readonly divergingEpoch: { readonly epoch: number };
}

const none = 0;
/** Epoch of a request that wants a session, and of one that wants none. */
const first = 0;
const without = -1;
const partitionsMax = 100_000;
const lostCodes: ReadonlySet<unknown> = new Set([
  errors.FETCH_SESSION_ID_NOT_FOUND.code,
  errors.INVALID_FETCH_SESSION_EPOCH.code,
]);
const sessionIds = idKindOf('', 'sessionId', 'int32')!;
const topicIds = idKindOf('', 'topicId', 'uuid')!;

export class FetchSessions {
  private readonly ids: LearnedIds;
  /** By recorded id; the one that was used longest ago comes first. */
  private readonly sessions = new Map<number, Session>();
  private readonly max: number;

  constructor(ids: LearnedIds, max = partitionsMax) {
    this.ids = ids;
    this.max = max;
  }

  /** Takes a recorded Fetch that is about to be sent. */
  ask(body: Body): SessionFetch {
    const [id, epoch] = [body['sessionId'] as number, body['sessionEpoch'] as number];
    if (epoch === first || epoch === without) {
      this.sessions.delete(id);
      // To a target that has no such session the number may mean somebody else's.
      const isKnown = id === none || this.ids.knows(sessionIds, nowhere, id);
      return new SessionFetch(isKnown ? body : { ...body, sessionId: none }, null, (made, isKept) =>
        this.open(made, isKept, body),
      );
    }
    const session = this.sessions.get(id) ?? new Session(this.ids, this.ids.knows(sessionIds, nowhere, id), false);
    session.change(body);
    this.keep(id, session);
    return new SessionFetch(session.isKept ? body : session.inFull(body), session, null);
  }

  private open(id: number, isKept: boolean, body: Body): Session {
    const session = new Session(this.ids, isKept, true);
    session.change(body);
    this.keep(id, session);
    return session;
  }

  private keep(id: number, session: Session): void {
    this.sessions.delete(id);
    this.sessions.set(id, session);
    let sum = 0;
    for (const { size } of this.sessions.values()) sum += size;
    for (const [oldest, { size }] of this.sessions) {
      if (sum <= this.max || oldest === id) return;
      this.sessions.delete(oldest);
      sum -= size;
    }
  }
}

/** One recorded Fetch, as it is played to the target. */
export class SessionFetch {
  /** What to send, in the recording's own ids. */
  readonly body: Body;
  private readonly session: Session | null;
  private readonly open: ((id: number, isKept: boolean) => Session) | null;
  private timesOpened = 0;

  constructor(body: Body, session: Session | null, open: ((id: number, isKept: boolean) => Session) | null) {
    this.body = body;
    this.session = session;
    this.open = open;
  }

  /** What to send instead where the target has lost the session, and the recorded broker had not; else null. */
  again(recorded: Body, replayed: Body): SessionFetch | null {
    const { session } = this;
    if (!session?.isKept || !lostCodes.has(replayed['errorCode']) || lostCodes.has(recorded['errorCode'])) return null;
    session.isKept = false;
    return new SessionFetch(session.inFull(this.body), session, null);
  }

  /** The target's answer as the session would have had it. */
  answered(recorded: Body, replayed: Body): Body {
    if (replayed['errorCode'] !== errors.NONE.code) return replayed;
    const id = recorded['sessionId'] as number;
    if (this.open !== null) {
      if (id !== none) this.open(id, replayed['sessionId'] !== none).tell(replayed);
      this.timesOpened++;
      return replayed;
    }
    const told = this.session!.tell(replayed);
    return this.session!.isKept ? replayed : told;
  }

  /** Gives a reason to what differs because the target keeps other sessions than the recorded broker. */
  excused(differences: readonly Difference[]): readonly Difference[] {
    const isAnother = this.timesOpened > 1;
    const isKnown = this.session?.isWhole ?? true;
    return differences.map((one) => {
      if (one.reason !== null) return one;
      if (!isKnown && /^Fetch\.responses(\.partitions)?$/.test(one.field) && one.replayed === undefined)
        return {
          ...one,
          reason: 'its fetch session was opened before the recording began, and had not spoken of this',
        };
      return isAnother && one.field === sessionField
        ? { ...one, reason: 'asked again, it was given another session' }
        : one;
    });
  }
}

const sessionField = 'Fetch.sessionId';

/** Gives a reason to an answer without a fetch session in the place of one with. */
export function withoutSession(differences: readonly Difference[]): readonly Difference[] {
  const reason = 'one broker keeps this fetch session, the other does not: it is asked for all that it means';
  const isSo = ({ field, recorded, replayed }: Difference) =>
    field === sessionField && (recorded === none || replayed === none);
  return differences.map((one) => (one.reason === null && isSo(one) ? { ...one, reason } : one));
}

class Session {
  /** Whether the target has it too. */
  isKept: boolean;
  /** Whether it was seen from its beginning on. */
  readonly isWhole: boolean;
  private readonly ids: LearnedIds;
  /** By recorded topic and partition. */
  private readonly asked = new Map<string, { readonly topic: Topic; readonly row: Asked }>();
  /** What was answered last, by the target's topic and partition; without those that failed. */
  private readonly told = new Map<string, Pick<Row, 'highWatermark' | 'logStartOffset'>>();

  constructor(ids: LearnedIds, isKept: boolean, isWhole: boolean) {
    this.ids = ids;
    this.isKept = isKept;
    this.isWhole = isWhole;
  }

  get size(): number {
    return this.asked.size;
  }

  /** Takes what a recorded request adds, changes and forgets. */
  change(body: Body): void {
    for (const topic of body['topics'] as readonly AskedTopic[])
      for (const row of topic.partitions) this.asked.set(keyOf(topic, row.partition), { topic, row });
    for (const topic of body['forgottenTopicsData'] as readonly ForgottenTopic[])
      for (const partition of topic.partitions) {
        this.asked.delete(keyOf(topic, partition));
        const topicId = this.ids.get(topicIds, nowhere, topic.topicId) as string;
        this.told.delete(keyOf({ ...topic, topicId }, partition));
      }
  }

  /** A request for all of it. */
  inFull(body: Body): Body {
    const topics = new Map<string, { topic: Topic; partitions: Asked[] }>();
    for (const { topic, row } of this.asked.values()) {
      const known = topics.get(nameOf(topic));
      if (known === undefined) topics.set(nameOf(topic), { topic, partitions: [row] });
      else known.partitions.push(row);
    }
    const all = [...topics.values()].map(({ topic, partitions }) => ({ ...topic, partitions }));
    return { ...body, sessionId: none, sessionEpoch: without, topics: all, forgottenTopicsData: [] };
  }

  /** Takes what the target answers; gives what of it is news. */
  tell(replayed: Body): Body {
    const responses = (replayed['responses'] as readonly AnsweredTopic[]).map((topic) => ({
      ...topic,
      partitions: topic.partitions.filter((row) => this.isNews(topic, row)),
    }));
    return { ...replayed, responses: responses.filter(({ partitions }) => partitions.length > 0) };
  }

  private isNews(topic: Topic, row: Row): boolean {
    const { errorCode, highWatermark, logStartOffset, records, divergingEpoch } = row;
    const key = keyOf(topic, row.partitionIndex);
    const last = this.told.get(key);
    if (errorCode === errors.NONE.code) this.told.set(key, { highWatermark, logStartOffset });
    else this.told.delete(key);
    if (errorCode !== errors.NONE.code || (records !== null && records.length > 0) || divergingEpoch.epoch >= 0)
      return true;
    // What was told of it before the recording began nobody knows: most likely this.
    if (last === undefined) return this.isWhole;
    return last.highWatermark !== highWatermark || last.logStartOffset !== logStartOffset;
  }
}

function keyOf(topic: Topic, partition: number): string {
  return `${nameOf(topic)}\0${partition}`;
}

/** Only one of them is there, by the version. */
function nameOf({ topic, topicId }: Topic): string {
  return `${topic}\0${topicId}`;
}
