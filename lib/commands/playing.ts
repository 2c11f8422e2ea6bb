/**
 * Playing recordings one after another: what `millrace replay` and `millrace diff` have in common, down to Ctrl-C and the exit
 * status.
 *
 * Each recording is a run of its own, so that what was learned of one means nothing in another; files of one that rolled are
 * one recording. What the run says goes to standard output, why it did not come to its end to standard error; on a terminal
 * that shows a line of progress.
 */
import { statSync } from 'node:fs';
import { asyncScheduler } from 'rxjs';
import type { CaptureEvents } from '../capture/events';
import { type GivenRecording, readSeveral, recordingsOf } from '../capture/several';
import type { ReplayOptions } from '../replay/options';
import type { Outcome } from '../replay/outcome';
import type { Ended } from '../replay/report/ended';
import type { Run } from '../replay/run';
import { Tally } from '../replay/tally';
import { many } from '../text';
import type { PlayArguments } from './play-options';
import { Progress } from './progress';

/** How a command plays, and what it prints. */
export interface Play<O extends Outcome> {
  /** Begins to play one recording. */
  start(recording: CaptureEvents, options: ReplayOptions): Run<O>;
  /** Null: nothing. @param recording the file with which it begins */
  outcome(outcome: O, recording: string): string | null;
  /** Where there are several files: what stands above the outcomes of a recording. */
  begin?(recording: string): string;
  /** Where there are several recordings: what stands below them. */
  end?(ended: Ended): string;
  /** Of the whole. */
  summary(ended: Ended): string;
}

const interrupted = 'interrupted';
/** Such as `head` does, when it has seen enough. */
const closed = 'nobody reads any more what is printed';

/** Plays what is in the files; sets the exit status of the process. */
export async function playAll<O extends Outcome>(
  files: readonly string[],
  given: PlayArguments,
  play: Play<O>,
): Promise<void> {
  const playing = new Playing(files, given, play);
  const interrupt = () => {
    // A second one ends the process at once.
    process.off('SIGINT', interrupt);
    playing.stop(interrupted);
  };
  const failed = ({ code, message }: NodeJS.ErrnoException) => playing.stop(code === 'EPIPE' ? closed : message);
  process.on('SIGINT', interrupt);
  process.stdout.on('error', failed);
  const { stopped, tally } = await playing.run();
  process.off('SIGINT', interrupt);
  if (stopped !== null && stopped !== closed) process.stderr.write(`millrace: ${stopped}\n`);
  process.exitCode = exitStatus(stopped, tally);
}

class Playing<O extends Outcome> {
  private readonly files: readonly string[];
  private readonly given: PlayArguments;
  private readonly play: Play<O>;
  private readonly tally = new Tally();
  private readonly changed = new Map<string, number>();
  private readonly progress: Progress;
  private running: Run<O> | null = null;
  private played = 0;
  /** The end of the last one, which is told where it is not the only one. */
  private lastEnd: string | null = null;
  private stopped: string | null = null;

  constructor(files: readonly string[], given: PlayArguments, play: Play<O>) {
    this.files = files;
    this.given = given;
    this.play = play;
    this.progress = new Progress(process.stderr, sizeOf(files));
  }

  stop(why: string): void {
    this.stopped ??= why;
    this.running?.stop();
  }

  async run(): Promise<Ended> {
    const startMs = asyncScheduler.now();
    try {
      for await (const recording of this.recordings()) {
        await this.one(recording);
        if (this.stopped !== null) break;
      }
      this.stopped ??= whyNothing(this.tally, this.given.port);
    } catch (error) {
      this.stopped ??= messageOf(error);
    }
    const ended = this.ended(this.tally, this.changed, startMs);
    if (this.played > 1) this.print(this.lastEnd);
    if (this.running !== null) this.print(this.play.summary(ended));
    return ended;
  }

  private recordings(): Iterable<GivenRecording> | AsyncIterable<GivenRecording> {
    const { files } = this;
    const { port, sameCluster } = this.given;
    const options = port === undefined ? {} : { ports: port };
    if (!sameCluster) return recordingsOf(files, options);
    return [{ file: files.join(', '), events: readSeveral(files, options) }];
  }

  private async one({ file, events }: GivenRecording): Promise<void> {
    const { play, progress, changed } = this;
    const isOneOfSeveral = this.files.length > 1 && !this.given.sameCluster;
    const startMs = asyncScheduler.now();
    const run = play.start(progress.watch(events), replayOptions(this.given));
    this.running = run;
    if (this.played++ > 0) this.print(this.lastEnd);
    if (isOneOfSeveral) this.print(play.begin?.(file) ?? null);
    try {
      for await (const outcome of run) {
        this.print(play.outcome(outcome, file));
        progress.show(run.tally);
      }
    } catch (error) {
      this.stopped ??= messageOf(error);
    }
    this.tally.include(run.tally);
    for (const [kind, count] of run.ids.changed) changed.set(kind, (changed.get(kind) ?? 0) + count);
    this.lastEnd = play.end?.(this.ended(run.tally, run.ids.changed, startMs)) ?? null;
  }

  private ended(tally: Tally, changed: ReadonlyMap<string, number>, startMs: number): Ended {
    return { tally, changed, playedMs: asyncScheduler.now() - startMs, stopped: this.stopped };
  }

  private print(text: string | null): void {
    if (text === null) return;
    this.progress.clear();
    process.stdout.write(text);
  }
}

/**
 * Why nothing was compared; null if something was. Whoever looks at the exit status is not to take it for success.
 * @param ports the only ones that were looked at
 */
export function whyNothing(tally: Tally, ports: readonly number[] | undefined): string | null {
  const { requests, compared, lostWhy } = tally;
  if (compared > 0) return null;
  if (requests > 0) return `${many(requests, 'request')}, of which none could be compared`;
  const where = ports === undefined ? '' : ` at --port ${ports.join(',')}`;
  return [`there is nothing to play: no requests in the recording${where}`, ...lostWhy].join('; ');
}

/** 130 after Ctrl-C, 2 for what stopped it otherwise, 1 where there are differences, 2 also where logins would not do. */
export function exitStatus(stopped: string | null, tally: Tally): number {
  if (stopped !== null) return stopped === interrupted ? 130 : 2;
  if (tally.differences > 0) return 1;
  return tally.count('locked out') > 0 ? 2 : 0;
}

/** For people, without a stack, where somebody foresaw it. */
export function messageOf(error: unknown): string {
  const { name, code, message, stack } = error as NodeJS.ErrnoException;
  const isForeseen = ['UsageError', 'CaptureError', 'TargetError'].includes(name) || code !== undefined;
  return isForeseen ? message : (stack ?? message);
}

function replayOptions({ speed, ignore, timeout, settle }: PlayArguments): ReplayOptions {
  return {
    ...(speed === undefined ? {} : { speed }),
    ...(ignore === undefined ? {} : { ignore }),
    ...(timeout === undefined ? {} : { answerMaxMs: timeout }),
    ...(settle === undefined ? {} : { settleMaxMs: settle }),
  };
}

/** In bytes, all files together; 0 if one cannot be asked: reading it says why. */
function sizeOf(files: readonly string[]): number {
  try {
    return files.reduce((sum, file) => sum + statSync(file).size, 0);
  } catch {
    return 0;
  }
}
