/**
 * `millrace replay FILE --to host:port`: plays recordings to a broker and prints what it answers otherwise.
 */
import { Command } from 'commander';
import { addPlayOptions, filesHelp, playHelp } from './play-options';
import type { ReplayArguments } from './run-replay';

export function replay(): Command {
  const command = new Command('replay')
    .description('Plays recordings to a broker and shows what it answers otherwise.')
    .argument('<file...>', filesHelp)
    .requiredOption('--to <host:port>', 'the broker to play to');
  return addPlayOptions(command)
    .option('--all', 'print every request, not only what differs')
    .option('--json', 'print JSON, a line for each request and one for the whole')
    .option('--html <file>', 'write a report with a time line for each connection')
    .addHelpText(
      'after',
      `
Ids that brokers give out (topics, producers, members, sessions …) are rewritten from what the target answers.
${playHelp}

Examples:
  millrace replay bug-report.mrcap --to localhost:9092
  millrace replay upgrade.pcap --to localhost:9092 --speed 1 --ignore Metadata.topics.partitions.leaderEpoch`,
    )
    .action((files: string[], options: ReplayArguments) => {
      const { runReplay } = require('./run-replay') as typeof import('./run-replay');
      return runReplay(files, options);
    });
}
