/**
 * `millrace replay FILE --to host:port`: plays recordings to a broker and prints what it answers otherwise.
 */
import { Command } from 'commander';
import { collect, milliseconds, ports, positive } from './option-values';
import type { ReplayArguments } from './run-replay';

export function replay(): Command {
  return new Command('replay')
    .description('Plays recordings to a broker and shows what it answers otherwise.')
    .argument('<file...>', 'recordings (.mrcap, .pcap, .pcapng, gzip’d or not), played one after another')
    .requiredOption('--to <host:port>', 'the broker to play to')
    .option(
      '--speed <factor>',
      '1 plays at the recorded times, 10 ten times as fast; default: as fast as it answers',
      positive,
    )
    .option(
      '--ignore <path>',
      'a field that may differ, such as **.rack or Fetch.responses.partitions.records',
      collect,
    )
    .option('--timeout <ms>', 'how much longer than recorded an answer may take; default 10000', milliseconds)
    .option('--settle <ms>', 'how long coordinators and leaders may take to be there; default 5000', milliseconds)
    .option('--port <numbers>', 'pcap: ports of the recorded brokers', ports)
    .option('--all', 'print every request, not only what differs')
    .option('--json', 'print JSON, a line for each request and one for the whole')
    .option('--html <file>', 'write a report with a time line for each connection')
    .addHelpText(
      'after',
      `
Ids that brokers give out (topics, producers, members, sessions …) are rewritten from what the target answers.
Exit status: 0 no difference, 1 differences, 2 the recording or the target failed, 130 interrupted.

Examples:
  millrace replay bug-report.mrcap --to localhost:9092
  millrace replay upgrade.pcap --to localhost:9092 --speed 1 --ignore Metadata.topics.partitions.leaderEpoch`,
    )
    .action((files: string[], options: ReplayArguments) => {
      const { runReplay } = require('./run-replay') as typeof import('./run-replay');
      return runReplay(files, options);
    });
}
