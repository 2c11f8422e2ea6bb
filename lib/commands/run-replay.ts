/**
 * What `millrace replay` does: opens the recordings, plays them, prints as it goes, and says how it ended.
 *
 * Called by replay.ts only, which loads it. Differences go to standard output, everything about the run itself to standard
 * error; on a terminal that shows a line of progress.
 */
import { closeSync, openSync, statSync, writeFileSync } from 'node:fs';
import { asyncScheduler } from 'rxjs';
import type { ReadCaptureOptions } from '../capture/event';
import { joined } from '../capture/joined';
import { readCapture } from '../capture/read-capture';
import { paint } from '../paint';
import { LearnedIds } from '../replay/ids/learned-ids';
import type { ReplayOptions } from '../replay/options';
import type { Outcome } from '../replay/outcome';
import { replay } from '../replay/replay';
import { HtmlReport } from '../replay/report/html-report';
import { outcomeJson, summaryJson } from '../replay/report/json-report';
import { outcomeText, summaryText } from '../replay/report/text-report';
import type { Tally } from '../replay/tally';
import { Progress } from './progress';

export interface ReplayArguments {
  readonly to: string;
  readonly speed?: number;
  readonly ignore?: string[];
  readonly timeout?: number;
  readonly settle?: number;
  readonly port?: readonly number[];
  readonly all?: true;
  readonly json?: true;
  readonly html?: string;
}

/** Plays the files to `to`; sets the exit status of the process. */
export async function runReplay(files: readonly string[], given: ReplayArguments): Promise<void> {
  const startMs = asyncScheduler.now();
  const isColoured = process.stdout.isTTY && !process.env['NO_COLOR'];
  const colours = paint(isColoured === true);
  const report = given.html === undefined ? null : new HtmlReport(`${files.join(', ')} played to ${given.to}`);
  const ids = new LearnedIds();
  let stopped: string | null = null;
  let run: ReturnType<typeof replay> | null = null;
  let progress: Progress | null = null;
  const interrupt = () => {
    // A second one ends the process at once.
    process.off('SIGINT', interrupt);
    stopped = 'interrupted';
    run?.stop();
  };
  process.on('SIGINT', interrupt);
  const print = (outcome: Outcome) => {
    const text = given.json ? outcomeJson(outcome) : outcomeText(outcome, colours, given.all);
    if (text === null) return;
    progress?.clear();
    process.stdout.write(text);
  };
  try {
    // Not at the end of a long run.
    if (given.html !== undefined) closeSync(openSync(given.html, 'a'));
    progress = new Progress(process.stderr, sizeOf(files));
    const recordings = files.map((file) => progress!.watch(readCapture(file, readOptions(given))));
    run = replay(joined(recordings), given.to, { ...replayOptions(given), ids });
    for await (const outcome of run) {
      report?.add(outcome);
      print(outcome);
      progress.show(run.tally);
    }
    stopped ??= nothingPlayed(run.tally, given.port);
  } catch (error) {
    stopped ??= messageOf(error);
  }
  process.off('SIGINT', interrupt);
  progress?.clear();
  if (run !== null) {
    const playedMs = asyncScheduler.now() - startMs;
    process.stdout.write(
      given.json ? summaryJson(run.tally, ids, playedMs, stopped) : summaryText(run.tally, ids, playedMs, colours),
    );
    if (report !== null) writeFileSync(given.html!, report.end(run.tally, ids, playedMs, stopped));
  }
  if (stopped !== null) process.stderr.write(`millrace: ${stopped}\n`);
  process.exitCode = exitStatus(stopped, run?.tally.differences ?? 0);
}

/** Why there was nothing to play; null if there was something. Whoever looks at the exit status is not to take it for success. */
export function nothingPlayed({ requests, lostWhy }: Tally, ports: readonly number[] | undefined): string | null {
  if (requests > 0) return null;
  const where = ports === undefined ? '' : ` at --port ${ports.join(',')}`;
  return [`there is nothing to play: no requests in the recording${where}`, ...lostWhy].join('; ');
}

/** 130 after Ctrl-C, 2 for what stopped it otherwise, 1 where there are differences. */
export function exitStatus(stopped: string | null, differences: number): number {
  if (stopped === 'interrupted') return 130;
  return stopped === null ? Math.min(1, differences) : 2;
}

/** For people, without a stack, where somebody foresaw it. */
export function messageOf(error: unknown): string {
  const { name, code, message, stack } = error as NodeJS.ErrnoException;
  const isForeseen = ['UsageError', 'CaptureError', 'TargetError'].includes(name) || code !== undefined;
  return isForeseen ? message : (stack ?? message);
}

export function readOptions({ port }: Pick<ReplayArguments, 'port'>): ReadCaptureOptions {
  return port === undefined ? {} : { ports: port };
}

export function replayOptions({ speed, ignore, timeout, settle }: Omit<ReplayArguments, 'to'>): ReplayOptions {
  return {
    ...(speed === undefined ? {} : { speed }),
    ...(ignore === undefined ? {} : { ignore }),
    ...(timeout === undefined ? {} : { answerMaxMs: timeout }),
    ...(settle === undefined ? {} : { settleMaxMs: settle }),
  };
}

/** In bytes, all files together; 0 if one cannot be asked: reading it says why. */
export function sizeOf(files: readonly string[]): number {
  try {
    return files.reduce((sum, file) => sum + statSync(file).size, 0);
  } catch {
    return 0;
  }
}
