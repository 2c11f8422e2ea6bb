/**
 * Members of consumer groups, whatever client they are: what the conformance suite asks of them, and what they tell.
 *
 * A *crew* is a program that holds members of one client: it takes commands as lines of JSON and tells events as lines of
 * JSON, so that crews look alike whatever they are written in. What always holds: a record is told before it is
 * committed, so that what is committed was told even by a crew that is killed; a member that is about to give up
 * partitions tells it before the broker hears of it, one that is given partitions tells it afterwards.
 */
import { type Conversation, converse } from '../../support/child';

export type Protocol = 'classic' | 'consumer';

export interface JoinOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Defaults to classic. */
  readonly protocol?: Protocol;
  /** As Kafka names it: range, roundrobin, cooperative-sticky, uniform and so on. Empty: what the client does by itself. */
  readonly assignor?: string;
  readonly instanceId?: string;
  /** Of the classic protocol; 0: what the client does by itself, here and in the next. */
  readonly sessionTimeoutMs?: number;
  readonly heartbeatIntervalMs?: number;
  /** Commits what it has told, at once; else only what it is asked to. */
  readonly commits?: boolean;
  /** Nothing is set that the client need not be told: for measurements of what a user gets. */
  readonly plain?: boolean;
}

/** Topic, partition, offset and the text that was committed with it. */
export type Committed = [topic: string, partition: number, offset: number, metadata: string];

export type Command =
  | ({ do: 'join'; member: string; bootstrap: string } & Required<JoinOptions>)
  /** Commits these offsets and tells `committed`. */
  | { do: 'commit'; member: string; offsets: Committed[] }
  /** Asks what is committed, and tells `offsets`: those partitions for which something is. */
  | { do: 'fetch'; member: string; partitions: [topic: string, partition: number][] }
  /** Leaves as the client's own close does, and tells `left`. */
  | { do: 'leave'; member: string };

export type Told =
  /** About to subscribe. */
  | { event: 'joining' }
  /** `t-0`; what is gained or given up, or all that is had, is the same: who reads it adds up. */
  | { event: 'assigned'; partitions: string[] }
  | { event: 'revoked'; partitions: string[] }
  | { event: 'lost'; partitions: string[] }
  | { event: 'records'; records: [topic: string, partition: number, offset: number, value: string][] }
  | { event: 'committed' }
  | { event: 'offsets'; offsets: Committed[] }
  | { event: 'left' }
  /** Something went wrong; the member may or may not go on. */
  | { event: 'error'; message: string };

/** `at` in ms since 1970, by the clock of the crew, which runs on this machine. */
export type Event = Told & { member: string; at: number };

/** How a client can be a member. */
export interface Way {
  readonly protocol: Protocol;
  readonly assignor: string;
  /** Whether only those partitions are revoked that go to another member. */
  readonly incremental: boolean;
  /** Whether a third member waits for its first assignment until the rebalance times out, be the broker what it may. */
  readonly pairsOnly?: boolean;
  /** Whether a member that was expelled never comes back by itself: it goes on asking under its old id. */
  readonly staysAway?: boolean;
}

export interface Crew {
  /** Everything that its members have told so far. */
  readonly events: Event[];
  send(command: Command): void;
  /** Waits until `found` finds something in what was told; rejects when the crew ends first, or after a while. */
  until<T>(what: string, found: () => T | undefined | false, timeoutMs?: number): Promise<T>;
  /** When it was killed, in ms since 1970: from then on it owns nothing. Infinity while it was not. */
  readonly killedMs: number;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  /** Lets the members leave, and ends. */
  stop(): Promise<void>;
}

/** One client of the suite, as a member of groups. */
export interface MemberClient {
  readonly name: string;
  missing(): string | null;
  /** The ways it can take part, the one it would choose by itself first. */
  readonly ways: readonly Way[];
  /**
   * What it can do about static membership: `returns`: its own leaving keeps its place; `survives`: only a crash does;
   * null: nothing.
   */
  readonly staticMembers: 'returns' | 'survives' | null;
  /** Whether it can commit on demand, and whether with a text beside the offset. */
  readonly commits: 'text' | 'offset' | null;
  crew(): Crew;
}

const DEADLINE_MS = 30_000;

/** A list of what has been told, and the waiting for it. */
export class Telling {
  readonly events: Event[] = [];
  private readonly watches = new Set<() => void>();
  private readonly over: Promise<string>;
  private readonly complaints: () => string;

  constructor(over: Promise<string>, complaints: () => string) {
    this.over = over;
    this.complaints = complaints;
  }

  tell(event: Event): void {
    this.events.push(event);
    for (const watch of this.watches) watch();
  }

  until<T>(what: string, found: () => T | undefined | false, timeoutMs = DEADLINE_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const missed = (why: string) => {
        this.watches.delete(watch);
        clearTimeout(deadline);
        reject(new Error(`no ${what}: ${why}\n${this.lastEvents()}\n${this.complaints().slice(-2000)}`));
      };
      const watch = () => {
        const result = found();
        if (result === undefined || result === false) return;
        this.watches.delete(watch);
        clearTimeout(deadline);
        resolve(result);
      };
      const deadline = setTimeout(() => missed(`${timeoutMs} ms have passed`), timeoutMs);
      this.watches.add(watch);
      watch();
      void this.over.then((end) => {
        if (this.watches.has(watch)) missed(end);
      });
    });
  }

  private lastEvents(): string {
    return this.events
      .slice(-15)
      .map((event) => JSON.stringify(event).slice(0, 300))
      .join('\n');
  }
}

/** Starts a program that speaks the language above. */
export function programCrew(command: readonly string[]): Crew {
  const talk: Conversation = converse(command[0] ?? '', command.slice(1), (line) => {
    if (line.startsWith('{')) telling.tell(JSON.parse(line));
  });
  const telling = new Telling(talk.ended, talk.complaints);
  let killedMs = Number.POSITIVE_INFINITY;
  return {
    events: telling.events,
    get killedMs() {
      return killedMs;
    },
    send: (sent) => talk.say(JSON.stringify(sent)),
    until: (what, found, timeoutMs) => telling.until(what, found, timeoutMs),
    kill: async () => {
      await talk.kill();
      killedMs = Math.min(killedMs, Date.now());
    },
    freeze: () => talk.signal('SIGSTOP'),
    thaw: () => talk.signal('SIGCONT'),
    stop: () => talk.stop(),
  };
}
