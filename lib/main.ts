#!/usr/bin/env node
/**
 * The command line: `millrace [server.properties]`, as `kafka-server-start` takes it, and `millrace <command>` for the rest.
 *
 * Each file of `commands/` makes one command, and one line here adds it. A command loads what it does when it is run, so
 * that none costs another's start a thing.
 */
import './require-node';
import type { Command } from 'commander';
import { capture } from './commands/capture';
import { diff } from './commands/diff';
import { replay } from './commands/replay';
import { serve } from './commands/serve';
import { traffic } from './commands/traffic';
import { exitByUsage } from './commands/usage-errors';

const { version } = require('../../package.json') as { version: string };

/** In the order in which the help lists them. */
const commands: readonly (() => Command)[] = [serve, capture, replay, diff, traffic];

const program = serve('millrace')
  .description('An Apache Kafka-compatible broker for Node.')
  .usage('[options] [server.properties]\n       millrace <command> …')
  .enablePositionalOptions()
  .showHelpAfterError('--help says how it is called.')
  .exitOverride(exitByUsage)
  .version(version, '-v, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .helpCommand(false)
  .configureHelp({ subcommandTerm: (command) => command.name() })
  .addHelpText(
    'after',
    `
Examples:
  ./your_program.sh is the same command in a clone, built when it has to be.

  millrace                                       port 9092, data in ./data
  millrace server.properties                     a file made for Apache Kafka does as well
  millrace --override listeners=PLAINTEXT://:9093 --override log.dirs=/tmp/millrace

A file that is called like a command is given as ./serve.
The log's level is set by MILLRACE_LOG_LEVEL (trace, debug, info, warn, error, fatal, silent).`,
  );

for (const make of commands) program.addCommand(make().copyInheritedSettings(program));

void program.parseAsync();
