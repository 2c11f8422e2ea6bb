/**
 * `millrace diff --a host:port --b host:port FILE`: plays recordings to two brokers at once and prints where they differ.
 */
import { Command, Option } from 'commander';
import { addPlayOptions, filesHelp, playHelp } from './play-options';
import type { DiffArguments } from './run-diff';

export function diff(): Command {
  const command = new Command('diff')
    .description('Plays recordings to two brokers at once and shows where they differ.')
    .argument('<file...>', filesHelp)
    .requiredOption('--a <host:port>', 'a broker')
    .requiredOption('--b <host:port>', 'the broker that is held against it');
  return addPlayOptions(command)
    .option('--all', 'with what may differ')
    .option('--markdown', 'print the table in Markdown')
    .addOption(
      new Option('--json', 'print JSON, a line for each request and one for the whole').conflicts(['all', 'markdown']),
    )
    .addHelpText(
      'after',
      `${playHelp}

Example:
  millrace diff --a localhost:9092 --b localhost:9093 recording.mrcap`,
    )
    .action((files: string[], options: DiffArguments) => {
      const { runDiff } = require('./run-diff') as typeof import('./run-diff');
      return runDiff(files, options);
    });
}
