/**
 * The options of the commands that record, `millrace capture` and `millrace --capture FILE`, and what they mean.
 */
import { type Command, InvalidArgumentError } from 'commander';
import type { CaptureOptions } from '../capture/capture';
import { durationMs } from '../duration';
import { listed } from './option-values';

/** What a command with these options is given; with `capture` before each name where it has others besides. */
interface Given {
  readonly keep?: readonly string[];
  readonly hide?: readonly string[];
  readonly rollMb?: number;
  readonly rollTime?: number;
  readonly zstd?: boolean;
  readonly wait?: boolean;
}

const bytesOfMb = 1024 * 1024;

/** @param prefix of the options' names: `--keep`, or `--capture-keep` */
export function addRecordingOptions(command: Command, prefix: '' | 'capture-'): Command {
  return command
    .option(`--${prefix}keep <secrets>`, 'record these secrets as well: values, sasl, configs', listed)
    .option(`--${prefix}hide <secrets>`, 'leave these out as well: keys', listed)
    .option(`--${prefix}roll-mb <size>`, 'begin another file from so many MiB on', megabytes)
    .option(`--${prefix}roll-time <time>`, 'begin another file after so long, such as 10min', time)
    .option(`--${prefix}zstd`, 'compress the file')
    .option(`--${prefix}wait`, 'let traffic wait for a slow disk, instead of leaving some out');
}

/** What `capture()` is to be called with. */
export function recordingOptions(options: Readonly<Record<string, unknown>>, prefix: '' | 'capture-'): CaptureOptions {
  const named = (name: keyof Given) =>
    options[prefix === '' ? name : `capture${name[0]!.toUpperCase()}${name.slice(1)}`];
  const { keep, hide, rollMb, rollTime, zstd, wait } = Object.fromEntries(
    (['keep', 'hide', 'rollMb', 'rollTime', 'zstd', 'wait'] as const).map((name) => [name, named(name)]),
  ) as Given;
  return {
    ...(keep === undefined ? {} : { keep: keep as CaptureOptions['keep'] }),
    ...(hide === undefined ? {} : { hide: hide as CaptureOptions['hide'] }),
    ...(rollMb === undefined ? {} : { rollBytes: rollMb * bytesOfMb }),
    ...(rollTime === undefined ? {} : { rollMs: rollTime }),
    ...(zstd === true ? { zstd: true } : {}),
    ...(wait === true ? { whenFull: 'wait' } : {}),
  };
}

function megabytes(value: string): number {
  const number = Number(value);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError('Expected a number above 0.');
  return number;
}

function time(value: string): number {
  try {
    const ms = durationMs(value);
    if (ms > 0) return ms;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw new InvalidArgumentError('Expected a time such as 30s, 10min or 1h.');
}
