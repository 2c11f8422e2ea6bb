/**
 * Connections: makes a pipeline of every connection, and says in the log how each of them ended.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Config } from '../config';
import { Hangup } from '../errors';
import { Writer } from '../protocol/bytes';
import type { Services } from '../services';
import { checkNames } from '../usage';
import { assemble, type Core, stagesOf } from './assemble';
import { Budget } from './budget';
import { LiveConnection, type TopicIds } from './connection';
import { decoder } from './decoder';
import { encoder } from './encoder';
import { Figures } from './figures';
import { framer } from './framer';
import { handler } from './handler';
import { LiveTaps, type Open } from './live-taps';
import { type DescribeOptions, type PipelinePicture, pictureOf, type SeamPicture, type StagePicture } from './picture';
import type { Seams, Taps } from './seams';
import { addressesOf } from './server';
import { Stopwatch } from './stopwatch';
import { seams } from './taps';

const flow = [
  ...(['inbound', 'framer', 'frames', 'decoder', 'requests', 'router'] as const),
  ...(['calls', 'handler', 'replies', 'encoder', 'outbound'] as const),
];

/** What all connections have in common. */
export interface Shared extends Pick<Services, 'scheduler' | 'logger' | 'apis'> {
  readonly config: Pick<
    Config,
    | 'socket.request.max.bytes'
    | 'queued.max.requests'
    | 'queued.max.request.bytes'
    | 'millrace.connection.queued.max.request.bytes'
    | 'millrace.stage.max.ms'
  >;
  /** Gives requests somebody to answer them: the broker's own handlers, or a broker elsewhere. */
  readonly router: Core['router'];
  readonly topicIds?: TopicIds;
}

/** Makes a pipeline of every connection; all of them share the stages' factories and the broker's budget. */
export class Connections {
  /** Users' stages, those of the beginning and those that come later. */
  readonly taps: LiveTaps;
  private readonly shared: Shared;
  private readonly stopwatch = new Stopwatch();
  private readonly openedAtMs: number;
  private readonly core: Core;
  private readonly figures: Readonly<Record<keyof Core, Figures>> = {
    framer: new Figures(),
    decoder: new Figures(),
    router: new Figures(),
    handler: new Figures(),
    encoder: new Figures(),
  };
  /** For connections whose bytes somebody in the process may still look at when they have been written. */
  private readonly copyingCore: Core;
  private readonly budget: Budget;
  private readonly open = new Map<Duplex, Open>();
  private lastId = 0;

  constructor(shared: Shared, taps: Taps) {
    const { config, scheduler, logger, apis, router } = shared;
    const { figures } = this;
    const writer = new Writer();
    this.core = {
      framer: figures.framer.of(framer({ maxBytes: config['socket.request.max.bytes'], now: () => scheduler.now() })),
      decoder: figures.decoder.of(decoder({ apis, logger })),
      router: figures.router.of(router),
      handler: figures.handler.of(handler({ maxInFlight: config['queued.max.requests'], logger })),
      encoder: figures.encoder.of(encoder({ writer, logger, passesLent: true })),
    };
    this.copyingCore = { ...this.core, encoder: figures.encoder.of(encoder({ writer, logger, passesLent: false })) };
    this.shared = shared;
    this.openedAtMs = scheduler.now();
    this.taps = new LiveTaps(taps, () => scheduler.now());
    this.budget = new Budget(config['queued.max.request.bytes'], scheduler);
  }

  handle(socket: Duplex, listener: string): () => void {
    const { config, scheduler, logger, topicIds } = this.shared;
    const connection = new LiveConnection({
      id: ++this.lastId,
      listener,
      ...('remoteAddress' in socket ? addressesOf(socket as Socket) : { remoteAddress: '' }),
      budget: this.budget,
      maxQueuedBytes: config['millrace.connection.queued.max.request.bytes'],
      rules: { scheduler, logger, maxMs: config['millrace.stage.max.ms'], topicIds },
      stopwatch: this.stopwatch,
    });
    logger.debug({ connection: connection.id, address: connection.remoteAddress, listener }, 'connected');
    const taps = this.taps.from(connection);
    const leaves = socket instanceof Socket && (taps.outbound ?? []).every(({ passesAll }) => passesAll);
    const core = leaves ? this.core : this.copyingCore;
    const pipeline = assemble(socket, connection, stagesOf(core, taps), (error) => {
      this.open.delete(socket);
      this.taps.closed(open);
      const who = { connection: connection.id, address: connection.remoteAddress };
      if (error instanceof Hangup) logger.warn(who, `connection closed: ${error.message}`);
      else if (error !== null && !isLost(error)) logger.error({ ...who, err: error }, 'connection closed by an error');
      else logger.debug(who, error === null ? 'disconnected' : `disconnected: ${error.message}`);
    });
    const open = { connection, core, pipeline };
    this.open.set(socket, open);
    this.taps.opened(open);
    return pipeline.endGently;
  }

  /** See Budget.exhaust. */
  exhaustMemory(heldBack: () => void): () => void {
    return this.budget.exhaust(heldBack);
  }

  get count(): number {
    return this.open.size;
  }

  /**
   * The pipeline as it is now; changes nothing but whether stages are timed.
   * @throws UsageError for an option that there is not
   */
  describe(options: DescribeOptions = {}): PipelinePicture {
    checkNames('describe', options, ['timings'] satisfies (keyof DescribeOptions)[]);
    if (options.timings === true) this.stopwatch.start();
    if (options.timings === false) this.stopwatch.stop();
    const byListener: Record<string, number> = {};
    for (const { connection } of this.open.values())
      byListener[connection.listener] = (byListener[connection.listener] ?? 0) + 1;
    const { used: usedBytes, limitBytes } = this.budget;
    return {
      connections: { open: this.open.size, opened: this.lastId, byListener },
      budget: { usedBytes, limitBytes },
      timedMs: this.stopwatch.openMs,
      pipeline: flow.map((part) => (isSeam(part) ? this.seam(part) : this.coreStage(part))),
    };
  }

  private seam(name: keyof Seams): SeamPicture {
    return { is: 'seam', name, stages: this.taps.describe(name, this.stopwatch) };
  }

  private coreStage(name: keyof Core): StagePicture {
    const of = { name, isTap: false, listener: null, isConditional: false, sinceMs: this.openedAtMs };
    return pictureOf(of, this.figures[name], this.stopwatch);
  }

  /** Lets every connection end once it has its answers. Streams that were handed in are not waited for. */
  endGently(): void {
    for (const { pipeline } of [...this.open.values()]) pipeline.endGently();
  }
}

function isSeam(part: (typeof flow)[number]): part is keyof Seams {
  return (seams as readonly string[]).includes(part);
}

/** What happens to every connection sooner or later: the other side is gone. */
function isLost(error: NodeJS.ErrnoException): boolean {
  return ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ETIMEDOUT'].includes(error.code ?? '');
}
