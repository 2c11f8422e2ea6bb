/**
 * The options of the commands that record, `millrace capture` and `millrace --capture FILE`, and what they mean; those about
 * secrets are for whoever shows traffic, too.
 */
import { type Command, InvalidArgumentError } from 'commander';
import type { CaptureOptions } from '../capture/capture';
import { durationMs } from '../duration';
import { listed, positive } from './option-values';

/** What a command with the options about secrets is given. */
export interface SecretArguments {
  readonly keep?: readonly string[];
  readonly hide?: readonly string[];
}

/** And one with all of them; with `capture` before each name where it has others besides. */
interface Given extends SecretArguments {
  readonly rollMb?: number;
  readonly rollTime?: number;
  readonly zstd?: boolean;
  readonly wait?: boolean;
}

/** Of the options' names: `--keep`, or `--capture-keep`. */
type Prefix = '' | 'capture-';

const bytesOfMb = 1024 * 1024;
const names = ['keep', 'hide', 'rollMb', 'rollTime', 'zstd', 'wait'] as const satisfies (keyof Given)[];
const keptSecrets = ['values', 'sasl', 'configs'];
const hiddenSecrets = ['keys'];

/** @param verb what is done with traffic, such as `record` */
export function addSecretOptions(command: Command, prefix: Prefix, verb: string): Command {
  return command
    .option(`--${prefix}keep <secrets>`, `${verb} these secrets as well: ${keptSecrets.join(', ')}`, oneOf(keptSecrets))
    .option(`--${prefix}hide <secrets>`, `leave these out as well: ${hiddenSecrets.join(', ')}`, oneOf(hiddenSecrets));
}

export function addRecordingOptions(command: Command, prefix: Prefix): Command {
  return addSecretOptions(command, prefix, 'record')
    .option(`--${prefix}roll-mb <size>`, 'begin another file from so many MiB on', positive)
    .option(`--${prefix}roll-time <time>`, 'begin another file after so long, such as 10min', time)
    .option(`--${prefix}zstd`, 'compress the file')
    .option(`--${prefix}wait`, 'let traffic wait for a slow disk, instead of leaving some out');
}

/** How the options are called where a command's code reads them, such as `captureRollMb`. */
export function recordingNames(prefix: Prefix): readonly string[] {
  return names.map((name) => nameOf(name, prefix));
}

/** What `capture()` and `watch()` are to be called with; the command has checked the names. */
export function secretOptions({ keep, hide }: SecretArguments): Pick<CaptureOptions, 'keep' | 'hide'> {
  return {
    ...(keep === undefined ? {} : { keep: keep as NonNullable<CaptureOptions['keep']> }),
    ...(hide === undefined ? {} : { hide: hide as NonNullable<CaptureOptions['hide']> }),
  };
}

/** What `capture()` is to be called with. */
export function recordingOptions(options: Readonly<Record<string, unknown>>, prefix: Prefix): CaptureOptions {
  const given: Given = Object.fromEntries(names.map((name) => [name, options[nameOf(name, prefix)]]));
  const { rollMb, rollTime, zstd, wait } = given;
  return {
    ...secretOptions(given),
    ...(rollMb === undefined ? {} : { rollBytes: rollMb * bytesOfMb }),
    ...(rollTime === undefined ? {} : { rollMs: rollTime }),
    ...(zstd === true ? { zstd: true } : {}),
    ...(wait === true ? { whenFull: 'wait' } : {}),
  };
}

function nameOf(name: (typeof names)[number], prefix: Prefix): string {
  return prefix === '' ? name : `capture${name[0]!.toUpperCase()}${name.slice(1)}`;
}

/** @throws InvalidArgumentError for what is none of them */
function oneOf(known: readonly string[]): (value: string, before?: readonly string[]) => readonly string[] {
  return (value, before) => {
    if (listed(value).every((text) => known.includes(text))) return listed(value, before);
    throw new InvalidArgumentError(
      known.length === 1 ? `Expected ${known[0]}.` : `Expected some of ${known.join(', ')}.`,
    );
  };
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
