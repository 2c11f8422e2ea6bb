/**
 * What a replay has learned: for each id of the recording, the one that the new broker gave out in its place.
 *
 * An answer teaches (compare/compare.ts), later requests are rewritten with it (rewrite-ids.ts), and later answers are held
 * against it. Scopes are named with what the recording calls them. What nobody has learned stands for itself.
 *
 * Memory: `idsMax` of each kind; those not used for longest are forgotten.
 */
import type { IdKind } from './id-kinds';

/** Where in a message an id stands: what of it has been seen around it, in the recording's own words. */
export interface IdPlace {
  readonly group: string;
  /** Name of the topic, or its id where nobody has said the name. */
  readonly topic: string;
  readonly partition: number;
  readonly producerId: number;
}

export const nowhere: IdPlace = { group: '', topic: '', partition: -1, producerId: -1 };

const idsMax = 100_000;

/** From this recorded offset on, the new broker's are so much larger. */
interface Shift {
  readonly from: number;
  readonly by: number;
}

/** What is known of a partition's offsets. */
interface Shifts {
  /** Whether the recording shows how its log is written; else it is known by positions that clients were told. */
  readonly isWritten: boolean;
  /** By `from`, ascending. */
  readonly list: readonly Shift[];
}

/** Shifts of one partition; the lowest are forgotten. */
const shiftsMax = 100;

export class LearnedIds {
  private readonly tables = new Map<IdKind, Map<string, unknown>>();
  private readonly shifts = new Map<string, Shifts>();
  private readonly topicNames = new Map<string, string>();

  /** What the new broker calls it. */
  get(kind: IdKind, place: IdPlace, recorded: unknown): unknown {
    // An offset beyond 2^53 is one that no log reaches: it means "all" or "unknown".
    if (kind.isNone(recorded) || typeof recorded === 'bigint') return recorded;
    const key = keyOf(kind, place);
    if (kind.shifts) {
      const shifted = (recorded as number) + this.shiftAt(key, recorded as number);
      // What the new broker's log begins behind has no offset there; a negative one would mean something else.
      return shifted < 0 ? recorded : shifted;
    }
    return this.tables.get(kind)?.get(key + String(recorded)) ?? recorded;
  }

  /** Whether an answer has said what the new broker calls it. Not for offsets. */
  knows(kind: IdKind, place: IdPlace, recorded: unknown): boolean {
    return this.tables.get(kind)?.has(keyOf(kind, place) + String(recorded)) ?? false;
  }

  /**
   * Takes from an answer that this is what the new broker calls it; the latest word holds.
   * @returns whether it is called as before, or was not called anything before
   */
  learn(kind: IdKind, place: IdPlace, recorded: unknown, replayed: unknown): boolean {
    const key = keyOf(kind, place);
    if (kind.shifts) return this.learnShift(key, recorded as number, replayed as number);
    let table = this.tables.get(kind);
    if (table === undefined) this.tables.set(kind, (table = new Map()));
    const whole = key + String(recorded);
    const before = table.get(whole);
    // Moved to the end: what is at the front was not used for longest.
    table.delete(whole);
    remember(table, whole, replayed);
    return before === undefined || before === replayed;
  }

  /**
   * Takes where a client would go on at the new broker, which has told it of another position than the recorded one: what is
   * asked from there on is asked there. Only of logs of which the recording does not show how they are written.
   * @param kind one that shifts
   */
  follow(kind: IdKind, place: IdPlace, recorded: unknown, replayed: unknown): void {
    const key = keyOf(kind, place);
    const known = this.shifts.get(key);
    if (known?.isWritten || kind.isNone(recorded) || kind.isNone(replayed)) return;
    const from = recorded as number;
    const list = known?.list ?? [];
    const made = [
      ...list.filter((one) => one.from < from),
      { from, by: (replayed as number) - from },
      ...list.filter((one) => one.from > from),
    ];
    remember(this.shifts, key, { isWritten: false, list: made.slice(-shiftsMax) });
  }

  /** That both name the same topic. */
  learnTopic(id: string, name: string): void {
    if (!this.topicNames.has(id)) remember(this.topicNames, id, name);
  }

  /** The name of a recorded topic id, or the id. */
  topicOf(id: string): string {
    return this.topicNames.get(id) ?? id;
  }

  /** How many ids of each kind are called otherwise by the new broker, by the name of the kind; offsets by partition. */
  get changed(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const [kind, table] of this.tables) {
      let changed = 0;
      for (const [key, replayed] of table) if (!key.endsWith(`\0${replayed}`)) changed++;
      if (changed > 0) counts.set(kind.name, changed);
    }
    let shifted = 0;
    for (const { list } of this.shifts.values()) if (list.some(({ by }) => by !== 0)) shifted++;
    if (shifted > 0) counts.set('offset', shifted);
    return counts;
  }

  private shiftAt(key: string, offset: number): number {
    return this.shifts.get(key)?.list.findLast(({ from }) => from <= offset)?.by ?? 0;
  }

  private learnShift(key: string, recorded: number, replayed: number): boolean {
    const by = replayed - recorded;
    const known = this.shifts.get(key);
    if (known === undefined) {
      remember(this.shifts, key, { isWritten: true, list: [{ from: 0, by }] });
      return true;
    }
    const isSame = this.shiftAt(key, recorded) === by;
    const list = isSame ? known.list : [...known.list.filter(({ from }) => from < recorded), { from: recorded, by }];
    this.shifts.set(key, { isWritten: true, list: list.slice(-shiftsMax) });
    return isSame || !known.isWritten;
  }
}

function remember<V>(table: Map<string, V>, key: string, value: V): void {
  if (table.size >= idsMax) table.delete(table.keys().next().value!);
  table.set(key, value);
}

/** What an id is looked up by, up to its own value. */
function keyOf({ scope }: IdKind, { group, topic, partition, producerId }: IdPlace): string {
  switch (scope) {
    case 'group':
      return `${group}\0`;
    case 'producer':
      return `${producerId}\0`;
    case 'partition':
      return `${topic}\0${partition}\0`;
    default:
      return '\0';
  }
}
