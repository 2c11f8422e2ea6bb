/**
 * `millrace traffic FILE`: lists, filters and counts the requests of a recording. `millrace traffic --live --upstream
 * host:port`: those that go through a proxy.
 */
import { Command, InvalidArgumentError } from 'commander';
import { listed, ports } from './option-values';
import { addProxyOptions, upstreamFlags } from './proxy-options';
import { addSecretOptions } from './recording-options';
import type { TrafficArguments } from './run-traffic';
import { refuseAlone } from './usage-errors';

export function traffic(): Command {
  const command = new Command('traffic')
    .description('Lists, filters and counts the requests of recordings, or of what happens now.')
    .argument(
      '[file...]',
      'recordings of ours, of tcpdump or of Wireshark, gzip’d or not, shown in the order in which they begin; - for the standard input',
    )
    .option('--api <names>', 'these APIs, by name or key; * stands for any letters', listed)
    .option('--client <ids>', 'of these client ids, or addresses', listed)
    .option('--topic <names>', 'about these topics', listed)
    .option('--group <ids>', 'about these groups', listed)
    .option('--connection <numbers>', 'on these connections', listed)
    .option('--from <time>', 'sent from then on: 2026-11-29T08:15:00Z, 08:15:00, +90s or now')
    .option('--to <time>', 'sent before then')
    .option('--slower <time>', 'answered after so long or more, such as 100ms')
    .option('--error <names>', 'whose answer says one of these errors, by name or code; any, none', listed)
    .option('--unanswered', 'that were not answered')
    .option('--bodies', 'with their decoded bodies')
    .option('--stats', 'the figures of each API instead')
    .option('--json', 'one JSON object a line')
    .option('--limit <count>', 'end after so many', count)
    .option('--live', 'go on with what comes: of a file that is being written, or with --upstream')
    .option('--port <numbers>', 'on connections with these ports of brokers', ports)
    .optionsGroup('Looking at what happens now, without a file:')
    .option(upstreamFlags, 'be a proxy before this broker, or several of one cluster, and show what goes through');
  return addSecretOptions(addProxyOptions(command), '', 'show')
    .addHelpText(
      'after',
      `
Values that are separated by commas mean any of them; several options mean all of them. With --live, Ctrl-C ends it and sums
up; --from now begins with what is new. With --connection only what is about those is read, and counted: topics whose names
were said on others go by their ids, unless --topic asks for names. Of several files, those of one recording that was rolled
are one, and connections of others are numbered on.
Exit status: 0 it was read, broken parts included, 1 it cannot be read, 2 the command cannot be meant.

Examples:
  millrace traffic recording.mrcap --topic orders --error any
  millrace traffic recording.pcap.gz --stats
  millrace traffic rolled*.mrcap --slower 100ms
  millrace traffic recording.mrcap --live --from now --error any
  millrace traffic --live --upstream localhost:9092 --listen localhost:9192 --api Produce --bodies
  tcpdump -i lo -U -w - port 9092 | millrace traffic - --api Fetch --slower 100ms`,
    )
    .hook('preAction', check)
    .action((files: string[], options: TrafficArguments) => {
      const { runTraffic } = require('./run-traffic') as typeof import('./run-traffic');
      return runTraffic(files, options);
    });
}

const ofUpstream = ['listen', 'advertisedHost', 'keep', 'hide'] as const;

/** What no single option can tell: whether there is one thing to look at, and options that are about it. */
function check(command: Command): void {
  const { upstream, ...options } = command.opts<TrafficArguments>();
  const files = command.args;
  if (files.length === 0 && upstream === undefined)
    command.error('error: expected files, or --live --upstream host:port');
  if (files.length > 0 && upstream !== undefined)
    command.error(`error: expected files or --upstream, and got both: ${files.join(' ')}, ${upstream}`);
  if (files.length > 1 && files.includes('-')) command.error('error: - is the standard input, and goes alone');
  if (files.length > 1 && options.live)
    command.error('error: --live goes on with one file, and with its next ones by itself');
  if (upstream === undefined) refuseAlone(command, ofUpstream, upstreamFlags);
  if (upstream !== undefined && options.port !== undefined)
    command.error('error: --port is for recordings of packets; --listen says where clients come in');
}

function count(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return Number(value);
}
