/**
 * The broker's logger: pino. Called by main.ts once; everybody else gets a logger handed in.
 */
import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

export interface LoggerOptions {
  /** `trace` … `fatal`, `silent`; else MILLRACE_LOG_LEVEL, else `info`. */
  readonly level?: string;
}

export function createLogger(options: LoggerOptions = {}): Logger {
  return pino({ level: options.level ?? process.env['MILLRACE_LOG_LEVEL'] ?? 'info' });
}
