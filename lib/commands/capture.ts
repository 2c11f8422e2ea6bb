/**
 * `millrace capture --upstream host:port --to FILE`: records what clients and any Kafka say to each other, as a proxy
 * between them.
 */
import { Command } from 'commander';
import { addProxyOptions, upstreamFlags } from './proxy-options';
import { addRecordingOptions } from './recording-options';
import type { RunCaptureOptions } from './run-capture';

export function capture(): Command {
  const command = new Command('capture')
    .description('Records what clients and any Kafka say to each other.')
    .requiredOption(upstreamFlags, 'a broker, or several of one cluster, separated by commas')
    .requiredOption('--to <file>', 'where to record, such as traffic.mrcap; a file that is there is left alone');
  return addRecordingOptions(addProxyOptions(command), '')
    .addHelpText(
      'after',
      `
Record values, passwords and tokens are left out, unless they are to be kept. Messages of APIs that this version does not
know are kept in full, whatever they hold; the end of the recording says whether there were any. Ctrl-C ends it.
Exit status: 0 it was recorded, 1 it could not begin or ended early, 2 the command cannot be meant.

Examples:
  millrace capture --upstream localhost:9092 --listen localhost:9192 --to traffic.mrcap
  millrace capture --upstream kafka:9092 --to traffic.mrcap --keep values --roll-mb 100`,
    )
    .action((options: RunCaptureOptions, self: Command) => {
      const { runCapture } = require('./run-capture') as typeof import('./run-capture');
      return runCapture(options, (self.parent ?? self).version() ?? '');
    });
}
