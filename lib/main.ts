#!/usr/bin/env node
/**
 * The command line: `millrace [server.properties]`, as `kafka-server-start` takes it.
 */
import './require-node';
import { Command } from 'commander';
import { serve } from './serve';

const { version } = require('../../package.json') as { version: string };

const program = new Command('millrace')
  .description('An Apache Kafka-compatible broker for Node.')
  .argument('[server.properties]', 'configuration file with Kafka’s keys; without one: port 9092, data in ./data')
  .option('--override <key=value>', 'set a key, whatever the file says; may be given again', collect)
  .showHelpAfterError('--help says how it is called.')
  .version(version, '-v, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .addHelpText(
    'after',
    `
Examples:
  ./your_program.sh is the same command in a clone, built when it has to be.

  millrace                                       port 9092, data in ./data
  millrace server.properties                     a file made for Apache Kafka does as well
  millrace --override listeners=PLAINTEXT://:9093 --override log.dirs=/tmp/millrace

The log's level is set by MILLRACE_LOG_LEVEL (trace, debug, info, warn, error, fatal, silent).`,
  )
  .action((file: string | undefined, { override = [] }: { override?: string[] }) => serve(file, override, version));

/** Gathers an option that may be given several times. */
function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

void program.parseAsync();
