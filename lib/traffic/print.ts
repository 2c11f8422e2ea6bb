/**
 * Prints traffic on the standard output: what `millrace traffic` does, down to Ctrl-C, colours and exit codes.
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { CaptureEvent } from '../capture/event';
import { CaptureError } from '../capture/source';
import { UsageError } from '../usage';
import { type InspectOptions, inspect, type Print } from './inspect';

/** Gives what is printed, which ends when the signal says so. */
export type OpenTraffic = (signal: AbortSignal) => AsyncIterable<CaptureEvent>;

const pieceChars = 64 * 1024;

/**
 * Exit code 1 where the traffic cannot be read, 2 where the options cannot be meant; Ctrl-C, and SIGTERM, end it with what was
 * seen so far.
 * @param output where it is printed, and whether that is a terminal
 */
export async function printTraffic(
  openTraffic: OpenTraffic,
  options: InspectOptions,
  output: Writable & { readonly isTTY?: boolean } = process.stdout,
): Promise<void> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    stop.abort(); // whoever reads has seen enough, such as `head`
  });
  const printer = new Printer(output, stop.signal);
  const isColoured = output.isTTY === true && !process.env['NO_COLOR'] && options.json !== true;
  try {
    await inspect(openTraffic(stop.signal), { ...options, isColoured }, printer.print);
  } catch (error) {
    if (!isForeseen(error)) throw error;
    process.stderr.write(`millrace traffic: ${(error as Error).message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  } finally {
    await printer.flush();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** Whether an error is said without its stack: what somebody foresaw, or the system refused. */
function isForeseen(error: unknown): boolean {
  return (
    error instanceof CaptureError ||
    error instanceof UsageError ||
    (error as NodeJS.ErrnoException | null)?.code !== undefined
  );
}

/** Writes to a stream in large pieces, and waits while it is full, for as long as somebody wants it to. */
class Printer {
  private readonly output: Writable;
  private readonly signal: AbortSignal;
  private waiting = '';

  constructor(output: Writable, signal: AbortSignal) {
    this.output = output;
    this.signal = signal;
  }

  readonly print: Print = async (text) => {
    // What comes of the same piece of the file is written at once, without waiting for more of it.
    if (this.waiting === '') setImmediate(() => void this.flush());
    this.waiting += text;
    if (this.waiting.length > pieceChars) await this.flush();
    return this.output.writable;
  };

  async flush(): Promise<void> {
    const text = this.waiting;
    this.waiting = '';
    if (text === '' || this.output.write(text)) return;
    await once(this.output, 'drain', { signal: this.signal }).catch(() => {}); // its errors are said to another listener
  }
}
