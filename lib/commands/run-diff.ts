/**
 * What `millrace diff` does: plays the recordings to both brokers and prints one table. Called by diff.ts only.
 */

import { joined } from '../capture/joined';
import { readCapture } from '../capture/read-capture';
import { type Diff, diff } from '../replay/diff';
import { DiffTable } from '../replay/report/diff-table';
import { Progress } from './progress';
import {
  exitStatus,
  messageOf,
  nothingPlayed,
  type ReplayArguments,
  readOptions,
  replayOptions,
  sizeOf,
} from './run-replay';

export interface DiffArguments
  extends Pick<ReplayArguments, 'speed' | 'ignore' | 'timeout' | 'settle' | 'port' | 'all'> {
  readonly a: string;
  readonly b: string;
  readonly markdown?: true;
}

/** Plays the files to both; sets the exit status of the process. */
export async function runDiff(files: readonly string[], given: DiffArguments): Promise<void> {
  const table = new DiffTable();
  const progress = new Progress(process.stderr, sizeOf(files));
  let stopped: string | null = null;
  let run: Diff | null = null;
  const interrupt = () => {
    process.off('SIGINT', interrupt);
    stopped = 'interrupted';
    run?.stop();
  };
  process.on('SIGINT', interrupt);
  try {
    const recordings = files.map((file) => progress.watch(readCapture(file, readOptions(given))));
    run = diff(joined(recordings), given, replayOptions(given));
    for await (const made of run) {
      table.add(made, given.all);
      progress.show(run.tally);
    }
    stopped ??= nothingPlayed(run.tally, given.port);
  } catch (error) {
    stopped ??= messageOf(error);
  }
  process.off('SIGINT', interrupt);
  progress.clear();
  if (run !== null) {
    const { differences, compared } = run.tally;
    process.stdout.write(given.markdown ? table.markdown(given.a, given.b) : table.text(given.a, given.b));
    process.stdout.write(`${given.markdown ? '\n' : ''}${differences} differences in ${compared} answers\n`);
  }
  if (stopped !== null) process.stderr.write(`millrace: ${stopped}\n`);
  process.exitCode = exitStatus(stopped, run?.tally.differences ?? 0);
}
