/**
 * Fetch sessions (KIP-227): what a client fetches again and again is kept here, so that it sends only what changes and is
 * sent only what is new. Called by apis/fetch.ts: `open` says which partitions a request fetches, and the context that it
 * gives says, once they are read, which of them are worth telling and under which session id.
 *
 * Sessions belong to no connection. There are at most as many as the broker has slots for, with a bounded number of
 * partitions in all; a client that finds no room fetches without a session. A new session takes the place of one that
 * nobody has used for two minutes, else of a smaller one that is older than that.
 *
 * What always holds: a session that loses its last partition is closed; its epoch counts its requests, from 1 to 2^31 − 1
 * and round again.
 */
import { randomUUID } from 'node:crypto';
import type { SchedulerLike } from 'rxjs';
import { errors, type KafkaError } from '../errors';
import { positiveInt } from '../uuid';

/** One partition as a client asks for it, by topic name or by id. */
export interface AskedPartition {
  /** Empty when asked for by id. */
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly currentLeaderEpoch: number;
  readonly fetchOffset: number;
  readonly lastFetchedEpoch: number;
  readonly maxBytes: number;
}

export interface SessionRequest {
  readonly sessionId: number;
  readonly sessionEpoch: number;
  /** Whether topics are named by id; a session keeps to one way. */
  readonly byId: boolean;
  readonly partitions: readonly AskedPartition[];
  readonly forgotten: readonly Pick<AskedPartition, 'topic' | 'topicId' | 'partition'>[];
}

/** What fetching one partition led to, as far as a session looks at it. */
export interface FetchedPartition {
  readonly asked: AskedPartition;
  readonly row: {
    readonly errorCode: number;
    readonly highWatermark: number;
    readonly logStartOffset: number;
    readonly records: Buffer | null;
    readonly divergingEpoch?: object;
  };
}

export interface Settled<F> {
  readonly error: KafkaError | null;
  readonly sessionId: number;
  /** What to tell the client, in order. */
  readonly fetched: readonly F[];
}

/** One request's part in a session. */
export interface FetchContext {
  /** Why nothing is fetched; the answer then has this error, session id 0 and no topics. */
  readonly refused: KafkaError | null;
  /** What to fetch, in order. */
  readonly partitions: readonly AskedPartition[];
  /** Takes what was fetched, one for each of `partitions` in the same order. */
  settle<F extends FetchedPartition>(fetched: readonly F[]): Settled<F>;
}

export interface FetchSessionsOptions {
  /** `max.incremental.fetch.session.cache.slots` */
  readonly maxSessions: number;
  /** Partitions of all sessions together; 200 for each slot if not given. */
  readonly maxPartitions?: number;
  readonly scheduler: Pick<SchedulerLike, 'now'>;
  /** A number from 1 to 2^31 − 1. */
  readonly randomId?: () => number;
}

interface SessionPartition {
  readonly key: string;
  asked: AskedPartition;
  /** What the client was last told; −1: nothing, or an error. */
  highWatermark: number;
  logStartOffset: number;
}

interface Session {
  readonly id: number;
  readonly byId: boolean;
  readonly createdAtMs: number;
  readonly partitions: Map<string, SessionPartition>;
  /** Epoch that the next request must have. */
  epoch: number;
  usedAtMs: number;
}

/** Age and idleness from which on a session may have to go. */
const evictionMs = 120_000;
const partitionsPerSlot = 200;
const maxInt = 2 ** 31 - 1;
const epochs = { initial: 0, final: -1 };

export class FetchSessions {
  private readonly options: Required<FetchSessionsOptions>;
  /** By id; the one that was used longest ago comes first. */
  private readonly sessions = new Map<number, Session>();
  private partitionCount = 0;

  constructor(options: FetchSessionsOptions) {
    this.options = {
      maxPartitions: options.maxSessions * partitionsPerSlot,
      randomId: () => positiveInt(randomUUID()),
      ...options,
    };
  }

  /** Sessions that are open. */
  get size(): number {
    return this.sessions.size;
  }

  /** Partitions of all open sessions. */
  get partitions(): number {
    return this.partitionCount;
  }

  /** Finds, changes or ends the session that a request belongs to. */
  open(request: SessionRequest): FetchContext {
    const { sessionId, sessionEpoch, partitions } = request;
    if (sessionEpoch === epochs.initial || sessionEpoch === epochs.final) {
      this.close(this.sessions.get(sessionId));
      return sessionEpoch === epochs.final ? sessionless(partitions) : this.full(request);
    }
    const session = this.sessions.get(sessionId);
    if (session === undefined) return refused(errors.FETCH_SESSION_ID_NOT_FOUND);
    if (session.epoch !== sessionEpoch) return refused(errors.INVALID_FETCH_SESSION_EPOCH);
    if (session.byId !== request.byId) return refused(errors.FETCH_SESSION_TOPIC_ID_ERROR);
    return this.incremental(session, request);
  }

  /** Fetches everything that is asked for, and makes a session of it if there is room for one. */
  private full({ partitions, byId }: SessionRequest): FetchContext {
    return {
      refused: null,
      partitions,
      settle: (fetched) => {
        const cached = new Map<string, SessionPartition>();
        for (const { asked, row } of fetched) {
          const key = keyOf(asked, byId);
          cached.set(key, { key, asked, highWatermark: row.highWatermark, logStartOffset: row.logStartOffset });
        }
        return { error: null, sessionId: this.create(cached, byId)?.id ?? 0, fetched };
      },
    };
  }

  private incremental(session: Session, { partitions, forgotten, byId }: SessionRequest): FetchContext {
    const added = partitions.filter((asked) => !session.partitions.has(keyOf(asked, byId))).length;
    if (this.partitionCount + added > this.options.maxPartitions) {
      this.close(session);
      return refused(errors.FETCH_SESSION_ID_NOT_FOUND);
    }
    const before = session.partitions.size;
    for (const asked of partitions) {
      const key = keyOf(asked, byId);
      const cached = session.partitions.get(key);
      if (cached === undefined) session.partitions.set(key, { key, asked, highWatermark: -1, logStartOffset: -1 });
      else cached.asked = asked;
    }
    for (const partition of forgotten) session.partitions.delete(keyOf(partition, byId));
    this.partitionCount += session.partitions.size - before;
    if (session.partitions.size === 0) {
      this.close(session);
      return sessionless([]);
    }
    const epoch = nextEpoch(session.epoch);
    session.epoch = epoch;
    this.touch(session);
    const cached = [...session.partitions.values()];
    return {
      refused: null,
      partitions: cached.map(({ asked }) => asked),
      settle: (fetched) => {
        // Another request may have used the session while this one was parked.
        if (session.epoch !== epoch)
          return { error: errors.INVALID_FETCH_SESSION_EPOCH, sessionId: session.id, fetched: [] };
        const news = fetched.filter((partition, i) => isNews(session, cached[i]!, partition));
        return { error: null, sessionId: session.id, fetched: news };
      },
    };
  }

  private create(partitions: Map<string, SessionPartition>, byId: boolean): Session | null {
    if (!this.makeRoom(partitions.size)) return null;
    let id = this.options.randomId();
    while (this.sessions.has(id)) id = this.options.randomId();
    const now = this.options.scheduler.now();
    const session = { id, byId, createdAtMs: now, usedAtMs: now, partitions, epoch: 1 };
    this.sessions.set(id, session);
    this.partitionCount += partitions.size;
    return session;
  }

  private makeRoom(partitions: number): boolean {
    const { maxSessions, maxPartitions } = this.options;
    if (maxSessions === 0 || partitions > maxPartitions) return false;
    while (this.sessions.size >= maxSessions || this.partitionCount + partitions > maxPartitions) {
      const victim = this.evictable(partitions);
      if (victim === null) return false;
      this.close(victim);
    }
    return true;
  }

  /** The session that must make way for a new one of this many partitions; null: none. */
  private evictable(partitions: number): Session | null {
    const now = this.options.scheduler.now();
    const [idlest] = this.sessions.values();
    if (idlest !== undefined && now - idlest.usedAtMs > evictionMs) return idlest;
    let smallest: Session | null = null;
    for (const session of this.sessions.values()) {
      if (now - session.createdAtMs <= evictionMs || session.partitions.size >= partitions) continue;
      if (smallest === null || session.partitions.size < smallest.partitions.size) smallest = session;
    }
    return smallest;
  }

  private touch(session: Session): void {
    session.usedAtMs = this.options.scheduler.now();
    this.sessions.delete(session.id);
    this.sessions.set(session.id, session);
  }

  private close(session: Session | undefined): void {
    if (session === undefined || !this.sessions.delete(session.id)) return;
    this.partitionCount -= session.partitions.size;
  }
}

/** The epoch of a session's next request. */
export function nextEpoch(epoch: number): number {
  return epoch === maxInt ? 1 : epoch + 1;
}

function keyOf({ topic, topicId, partition }: SessionRequest['forgotten'][number], byId: boolean): string {
  return `${byId ? topicId : topic}:${partition}`;
}

function sessionless(partitions: readonly AskedPartition[]): FetchContext {
  return { refused: null, partitions, settle: (fetched) => ({ error: null, sessionId: 0, fetched }) };
}

function refused(error: KafkaError): FetchContext {
  return { refused: error, partitions: [], settle: () => ({ error, sessionId: 0, fetched: [] }) };
}

/**
 * Whether the client does not know yet what was fetched; it is then told, and remembered as told. A partition that gave
 * records goes to the end of the session, so that each gets its turn where one answer cannot hold them all.
 */
function isNews({ partitions }: Session, cached: SessionPartition, { row }: FetchedPartition): boolean {
  const hasRecords = row.records !== null && row.records.length > 0;
  const failed = row.errorCode !== 0;
  const moved = cached.highWatermark !== row.highWatermark || cached.logStartOffset !== row.logStartOffset;
  // After an error the partition is told of again, whatever it was before.
  cached.highWatermark = failed ? -1 : row.highWatermark;
  cached.logStartOffset = row.logStartOffset;
  if (hasRecords && partitions.delete(cached.key)) partitions.set(cached.key, cached);
  return hasRecords || failed || moved || row.divergingEpoch !== undefined;
}
