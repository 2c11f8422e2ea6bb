/**
 * `millrace capture --upstream host:port --to FILE`: records what clients and any Kafka say to each other, as a proxy
 * between them.
 */
import { Command } from 'commander';
import { addRecordingOptions } from './recording-options';
import type { RunCaptureOptions } from './run-capture';

export function capture(): Command {
  const command = new Command('capture')
    .description('Records what clients and any Kafka say to each other.')
    .requiredOption('--upstream <host:port>', 'a broker, or several of one cluster, separated by commas')
    .requiredOption('--to <file>', 'where to record, such as traffic.mrcap; a file that is there is left alone')
    .option(
      '--listen <host:port>',
      'where clients come in, with a port behind it for each broker: 9093 and, for node 1, 9095; if absent free ports of 127.0.0.1',
    )
    .option('--advertised-host <host>', 'what clients are told to connect to');
  return addRecordingOptions(command, '')
    .addHelpText(
      'after',
      `
Record values, passwords and tokens are left out, unless they are to be kept. Ctrl-C ends the recording.

Examples:
  millrace capture --upstream localhost:9092 --listen localhost:9192 --to traffic.mrcap
  millrace capture --upstream kafka:9092 --to traffic.mrcap --keep values --roll-mb 100`,
    )
    .action((options: RunCaptureOptions, self: Command) => {
      const { runCapture } = require('./run-capture') as typeof import('./run-capture');
      return runCapture(options, (self.parent ?? self).version() ?? '');
    });
}
