/**
 * The options of `millrace replay` and `millrace diff` that say what to play, and how. What they mean is playing.ts.
 */
import type { Command } from 'commander';
import { collect, milliseconds, ports, positive } from './option-values';

/** What a command with these options is given. */
export interface PlayArguments {
  readonly speed?: number;
  readonly ignore?: string[];
  readonly timeout?: number;
  readonly settle?: number;
  readonly port?: readonly number[];
  readonly sameCluster?: true;
}

/** To be added behind the options that say to whom. */
export function addPlayOptions(command: Command): Command {
  return command
    .option(
      '--speed <factor>',
      '1 plays at the recorded times, 10 ten times as fast; default: as fast as answers come',
      positive,
    )
    .option(
      '--ignore <path>',
      'a field that may differ, such as **.rack or Fetch.responses.partitions.records; may be given again',
      collect,
    )
    .option('--timeout <ms>', 'how much longer than recorded an answer may take; default 10000', milliseconds)
    .option('--settle <ms>', 'how long coordinators and leaders may take to be there; default 5000', milliseconds)
    .option('--port <numbers>', 'only connections with these ports of the recorded brokers', ports)
    .option('--same-cluster', 'the recordings are of one cluster: ids that are learned in one hold in the next');
}

/** The part of the help that both share. */
export const playHelp = `
Several recordings are played one after another, in the order in which they begin, each with ids of its own, unless
--same-cluster says that they have them in common. Files of one that was rolled are one recording.

Logins whose passwords were left out of a recording are not played: a broker that wants them hangs up, and what was said on
those connections is left out. Record with --keep sasl to play PLAIN and OAUTHBEARER; SCRAM never says the same twice.

Exit status: 0 the same, 1 differences, 2 it could not be done (the command line, a recording, a broker, a login, nothing that
could be compared), 130 interrupted.`;

export const filesHelp = 'recordings (.mrcap, .pcap, .pcapng, gzip’d or not), in any order';
