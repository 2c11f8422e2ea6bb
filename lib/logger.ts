/**
 * The broker's logger. main.ts makes one; everybody else is handed it.
 *
 * Lines go to the standard error stream: what a command prints, such as a dump, has the standard output to itself. A
 * terminal gets short lines for people, made by pino-pretty, which is loaded only then; everything else gets one JSON
 * object per line, for log collectors. Lines are written at once, so that none is lost when the process ends.
 *
 * Lines name things as Kafka does: `topic`, `partition`, `offset`, `listener`, `clientId`, `correlationId`.
 */
import { type DestinationStream, destination, type LevelWithSilent, type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

export interface LoggerOptions {
  /** From this level up; else MILLRACE_LOG_LEVEL, else `info`. */
  readonly level?: string;
  /** Whether a person is reading; else whether the standard error stream is a terminal. */
  readonly terminal?: boolean;
  /** Where lines go; else the standard error stream. */
  readonly output?: DestinationStream;
}

const levels: readonly string[] = [
  'trace',
  'debug',
  'info',
  'warn',
  'error',
  'fatal',
  'silent',
] satisfies LevelWithSilent[];

/** @throws Error on a level that there is not */
export function createLogger(options: LoggerOptions = {}): Logger {
  const level = (options.level ?? process.env['MILLRACE_LOG_LEVEL'] ?? 'info').trim().toLowerCase();
  if (!levels.includes(level)) {
    throw new Error(`log level ${JSON.stringify(level)}: expected one of ${levels.join(', ')} (MILLRACE_LOG_LEVEL)`);
  }
  const output = options.output ?? destination({ fd: 2, sync: true });
  const terminal = options.terminal ?? process.stderr.isTTY === true;
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error) => (error instanceof Error ? pino.stdSerializers.err(error) : String(error)) },
    },
    terminal ? pretty(output) : output,
  );
}

/** Short lines: time of day, level, message, and what else there is to say as JSON. */
function pretty(output: DestinationStream): DestinationStream {
  const { prettyFactory } = require('pino-pretty') as typeof import('pino-pretty');
  const prettify = prettyFactory({
    colorize: process.env['NO_COLOR'] === undefined,
    translateTime: 'SYS:HH:MM:ss',
    singleLine: true,
  });
  return { write: (line) => output.write(prettify(line)) };
}

let quiet: Logger | null = null;

/**
 * What a broker or a proxy inside a program logs to, unless somebody gives it another: errors, or what MILLRACE_LOG_LEVEL
 * asks for. One for all of a process: a test does not want to read how its broker starts and stops.
 */
export function quietLogger(): Logger {
  quiet ??= createLogger(process.env['MILLRACE_LOG_LEVEL'] === undefined ? { level: 'error' } : {});
  return quiet;
}
