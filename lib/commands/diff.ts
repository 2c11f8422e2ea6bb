/**
 * `millrace diff --a host:port --b host:port FILE`: plays recordings to two brokers at once and prints where they differ.
 */
import { Command } from 'commander';
import { collect, milliseconds, ports, positive } from './option-values';
import type { DiffArguments } from './run-diff';

export function diff(): Command {
  return new Command('diff')
    .description('Plays recordings to two brokers at once and shows where they differ.')
    .argument('<file...>', 'recordings (.mrcap, .pcap, .pcapng, gzip’d or not), played one after another')
    .requiredOption('--a <host:port>', 'a broker')
    .requiredOption('--b <host:port>', 'the broker that is held against it')
    .option('--speed <factor>', '1 plays at the recorded times; default: as fast as they answer', positive)
    .option('--ignore <path>', 'a field that may differ, such as **.rack', collect)
    .option('--timeout <ms>', 'how much longer than recorded an answer may take; default 10000', milliseconds)
    .option('--settle <ms>', 'how long coordinators and leaders may take to be there; default 5000', milliseconds)
    .option('--port <numbers>', 'pcap: ports of the recorded brokers', ports)
    .option('--all', 'with what may differ')
    .option('--markdown', 'print the table in Markdown')
    .addHelpText(
      'after',
      `
Exit status: 0 no difference, 1 differences, 2 the recording or a broker failed, 130 interrupted.

Example:
  millrace diff --a localhost:9092 --b localhost:9093 recording.mrcap`,
    )
    .action((files: string[], options: DiffArguments) => {
      const { runDiff } = require('./run-diff') as typeof import('./run-diff');
      return runDiff(files, options);
    });
}
