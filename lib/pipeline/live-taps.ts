/**
 * LiveTaps: users' stages that come and go while the broker runs, on the connections that they are meant for.
 *
 * A stage at a seam of messages (frames, requests, calls, replies) applies to open connections from the next message on:
 * its stream is put into their pipelines, and taken out again once it has given all it holds. At a seam of bytes it applies
 * to connections that open from then on, for as long as these live: nobody knows where in a message an open one is.
 *
 * A stage that is added sits behind those which are there. An empty seam costs nothing: nothing is there.
 */
import type { Connection } from '../protocol/scope';
import { checkNames } from '../usage';
import type { Assembled, Core } from './assemble';
import { orBroken } from './broken';
import type { LiveConnection } from './connection';
import { Figures } from './figures';
import { pictureOf, type StagePicture } from './picture';
import type { Seams, Stage, Taps } from './seams';
import type { Stopwatch } from './stopwatch';
import { checkSeam, checkStage, type Seated, seatsOf, tapsOf } from './taps';

/** Which connections a stage is meant for; all, if nothing is said. */
export interface Where {
  /** Name of a listener, such as `PLAINTEXT`. */
  readonly listener?: string;
  /** Asked once for each connection, when it and the stage meet. */
  readonly when?: (connection: Connection) => boolean;
}

type Seam = keyof Seams;

interface Tap extends Seated {
  readonly where: Where;
  readonly sinceMs: number;
  readonly figures: Figures;
  /** How to take it out of each connection that has it. */
  readonly takeOut: Map<Open, () => void>;
}

/** A connection with its pipeline. */
export interface Open {
  readonly connection: LiveConnection;
  readonly core: Core;
  readonly pipeline: Assembled;
}

/** The core stage behind each seam of messages; a stage at the seam sits right before it. */
const behind: Partial<Record<Seam, keyof Core>> = {
  frames: 'decoder',
  requests: 'router',
  calls: 'handler',
  replies: 'encoder',
};

export class LiveTaps {
  /** What every connection's pipeline is built with. */
  private readonly first: readonly Tap[];
  private readonly ofAll: Taps;
  private readonly taps = new Set<Tap>();
  private readonly open = new Set<Open>();
  private readonly now: () => number;

  /**
   * @param first those that every connection has, from beginning to end
   * @param now milliseconds since 1970
   * @throws UsageError as `add` does
   */
  constructor(first: Taps, now: () => number) {
    this.now = now;
    this.first = seatsOf(first, 'taps').map((seat) => tapOf(seat, {}, now()));
    this.ofAll = tapsOf(this.first);
  }

  /**
   * Adds a stage at a seam, or all those of a tap; returns how to remove it.
   * @throws UsageError where there is no such seam, or the stage does not fit there
   */
  add<S extends Seam>(seam: S, stage: Stage<Seams[S], Seams[S]>, where?: Where): () => void;
  add(taps: Taps, where?: Where): () => void;
  add(...given: [Seam, Stage<never, unknown>, Where?] | [Taps, Where?]): () => void {
    const [seats, where = {}] = isSeam(given) ? seatAt(...given) : [seatsOf(given[0], 'taps.add'), given[1]];
    checkNames('taps.add', where, ['listener', 'when'] satisfies (keyof Where)[]);
    const removers = seats.map((seat) => this.addOne(tapOf(seat, where, this.now())));
    return () => {
      for (const remove of removers) remove();
    };
  }

  private addOne(tap: Tap): () => void {
    this.taps.add(tap);
    for (const open of this.open) this.putIn(tap, open);
    return () => {
      this.taps.delete(tap);
      for (const takeOut of tap.takeOut.values()) takeOut();
      tap.takeOut.clear();
    };
  }

  /** Users' stages at a seam, in the order in which messages meet them. For Connections only. */
  describe(seam: Seam, stopwatch: Stopwatch): StagePicture[] {
    const here = [...this.first, ...this.taps].filter((tap) => tap.seam === seam);
    return here.map(({ stage, where, sinceMs, figures }) => {
      const { listener = null, when } = where;
      const of = { name: stage.stageName, isTap: true, listener, isConditional: when !== undefined, sinceMs };
      return pictureOf(of, figures, stopwatch);
    });
  }

  /** What a connection's pipeline is built with. For Connections only. */
  from(connection: LiveConnection): Taps {
    if (this.taps.size === 0) return this.ofAll;
    const ofBytes = [...this.taps].filter((tap) => behind[tap.seam] === undefined && isMeant(tap, connection));
    return tapsOf([...this.first, ...ofBytes]);
  }

  /** A connection is open, and no message has come yet. For Connections only. */
  opened(open: Open): void {
    this.open.add(open);
    for (const tap of this.taps) this.putIn(tap, open);
  }

  /** It is over. For Connections only. */
  closed(open: Open): void {
    this.open.delete(open);
    for (const tap of this.taps) tap.takeOut.delete(open);
  }

  private putIn(tap: Tap, open: Open): void {
    const before = behind[tap.seam];
    if (before === undefined || !isMeant(tap, open.connection)) return;
    tap.takeOut.set(open, open.pipeline.insert(tap.stage, open.core[before] as Stage<never, unknown>));
  }
}

function tapOf({ seam, stage }: Seated, where: Where, sinceMs: number): Tap {
  const figures = new Figures();
  return { seam, stage: figures.of(orBroken(stage)), where, sinceMs, figures, takeOut: new Map() };
}

function isSeam(
  given: [Seam, Stage<never, unknown>, Where?] | [Taps, Where?],
): given is [Seam, Stage<never, unknown>, Where?] {
  return typeof given[0] === 'string';
}

function seatAt(seam: Seam, stage: Stage<never, unknown>, where?: Where): [Seated[], Where?] {
  checkSeam(seam, 'taps.add');
  checkStage(stage, seam, 'taps.add');
  return [[{ seam, stage }], where];
}

/** One whose predicate fails is meant for nobody: whoever accepted the connection is not to fail by it. */
function isMeant({ stage, where }: Tap, connection: LiveConnection): boolean {
  if (where.listener !== undefined && where.listener !== connection.listener) return false;
  try {
    return where.when === undefined || where.when(connection);
  } catch (error) {
    const { stageName } = stage;
    const line = `the predicate of stage '${stageName}' failed`;
    connection.rules?.logger.error({ err: error, connection: connection.id, stage: stageName }, line);
    return false;
  }
}
