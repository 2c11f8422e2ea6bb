/**
 * The live pipeline as plain data, from which a picture of it can be drawn: the seams in the order of the flow, the stages
 * at each, and what each of them has done. Made by `Connections.describe`; may go through JSON.
 */
import type { Figures } from './figures';
import type { Seams } from './seams';
import type { Stopwatch } from './stopwatch';

/** One of the five stages that make a broker of a socket, or a user's. */
export interface StagePicture {
  readonly is: 'stage';
  readonly name: string;
  /** Whether it is a user's. */
  readonly isTap: boolean;
  /** The listener whose connections have it; null: those of all. */
  readonly listener: string | null;
  /** Whether a predicate says which connections have it. */
  readonly isConditional: boolean;
  /** When it was added, ms since 1970 by the broker's clock. */
  readonly sinceMs: number;
  /** Open connections that have it. */
  readonly connections: number;
  /** What it has taken and given since then, on all connections; null: nobody counts in a stage that was written bare. */
  readonly taken: Flow | null;
  readonly given: Flow | null;
  /** What waits now before it, in it and behind it. */
  readonly waiting: { readonly messages: number; readonly bytes: number };
  /** Null while nothing is timed, and of stages that cannot be (`fromTransform`, `fromOperator`). */
  readonly time: TimePicture | null;
}

export interface Flow {
  /** Messages; of bytes, pieces as they come. */
  readonly messages: number;
  /** Null where no bytes flow but messages. */
  readonly bytes: number | null;
}

/** Its own time over messages of the present window: not that of the stages behind it, nor (around) that of `next`. */
export interface TimePicture {
  readonly messages: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly maxMs: number;
}

/** A place between two core stages, with the users' stages there. */
export interface SeamPicture {
  readonly is: 'seam';
  readonly name: keyof Seams;
  readonly stages: readonly StagePicture[];
}

export interface PipelinePicture {
  readonly connections: {
    readonly open: number;
    /** Since the broker was opened. */
    readonly opened: number;
    /** Open ones of each listener that has any. */
    readonly byListener: Readonly<Record<string, number>>;
  };
  /** Bytes of requests whose answers have not left yet, and how many there may be. */
  readonly budget: { readonly usedBytes: number; readonly limitBytes: number };
  /** How long stages have been timed; null: they are not. */
  readonly timedMs: number | null;
  /** Seams and core stages in the order of the flow. */
  readonly pipeline: readonly (SeamPicture | StagePicture)[];
}

export interface DescribeOptions {
  /**
   * true: times the stages from now on, until nobody has asked so for ten seconds; false: no longer. If absent, that is
   * left as it is. Timing costs each message some microseconds.
   */
  readonly timings?: boolean;
}

type Of = Pick<StagePicture, 'name' | 'isTap' | 'listener' | 'isConditional' | 'sinceMs'>;

export function pictureOf(of: Of, figures: Figures, stopwatch: Stopwatch): StagePicture {
  const { isCounted, isTimed, times, connections } = figures;
  const taken = { messages: figures.in, bytes: figures.takesBytes === true ? figures.bytesIn : null };
  const given = { messages: figures.out, bytes: figures.givesBytes === true ? figures.bytesOut : null };
  const read = isTimed ? stopwatch.read(times) : null;
  return {
    is: 'stage',
    ...of,
    connections,
    taken: isCounted ? taken : null,
    given: isCounted ? given : null,
    waiting: figures.waiting(),
    time: read === null ? null : { ...read, meanMs: read.messages === 0 ? 0 : read.totalMs / read.messages },
  };
}
