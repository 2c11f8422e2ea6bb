/**
 * The options of the commands that stand as a proxy between clients and any Kafka: `millrace capture`, and `millrace traffic
 * --upstream`. What they mean is open-proxy.ts.
 */
import type { Command } from 'commander';

/** What a command with these options is given. */
export interface ProxyArguments {
  /** Brokers of one cluster, separated by commas. */
  readonly upstream: string;
  /** `host:port`, or a port of 127.0.0.1. */
  readonly listen?: string;
  readonly advertisedHost?: string;
}

export const upstreamFlags = '--upstream <host:port>';

/** All but `--upstream`, which is an option here and a duty there. */
export function addProxyOptions(command: Command): Command {
  return command
    .option(
      '--listen <host:port>',
      'where clients come in, with a port behind it for each broker: 9093 and, for node 1, 9095; if absent free ports of 127.0.0.1',
    )
    .option('--advertised-host <host>', 'what clients are told to connect to');
}
