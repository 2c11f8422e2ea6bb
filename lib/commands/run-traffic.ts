/**
 * What `millrace traffic` does: finds what is to be read, a recording or a proxy's connections, and has it printed. Called by
 * traffic.ts only, which loads it.
 */
import type { Writable } from 'node:stream';
import { asyncScheduler } from 'rxjs';
import type { CaptureEvent } from '../capture/event';
import { readCapture } from '../capture/read-capture';
import { readSeveral } from '../capture/several';
import { watch } from '../capture/watch';
import { createLogger } from '../logger';
import type { InspectOptions } from '../traffic/inspect';
import { type OpenTraffic, printTraffic } from '../traffic/print';
import { openProxy } from './open-proxy';
import type { ProxyArguments } from './proxy-options';
import { type SecretArguments, secretOptions } from './recording-options';

/** A proxy, to look at what goes through. */
interface TapArguments extends ProxyArguments, SecretArguments {}

export interface TrafficArguments extends InspectOptions, Partial<TapArguments> {
  /** Goes on with what comes. */
  readonly live?: true;
  /** Ports of brokers, for recordings of packets. */
  readonly port?: readonly number[];
}

/**
 * Prints the traffic of files, `-` alone for the standard input, or what goes through a proxy before `upstream`; sets the
 * exit status of the process.
 */
export async function runTraffic(
  files: readonly string[],
  options: TrafficArguments,
  output: Writable & { readonly isTTY?: boolean } = process.stdout,
): Promise<void> {
  const { live = false, port, upstream, listen, advertisedHost, keep, hide, ...given } = options;
  const wanted = given.from === 'now' ? { ...given, from: new Date(asyncScheduler.now()).toISOString() } : given;
  const ofFiles: OpenTraffic = (signal) => {
    const all = { signal, ...(port === undefined ? {} : { ports: port }) };
    const [file] = files;
    if (files.length > 1) return readSeveral(files, all);
    if (file === '-') return readCapture(process.stdin, { ...all, ...readOnly(wanted) });
    // Of one file of several, it is said that the recording goes on.
    return readCapture(file!, { ...all, ...(live ? { live } : { follows: () => false }), ...readOnly(wanted) });
  };
  const ofProxy =
    (tap: TapArguments): OpenTraffic =>
    (signal) =>
      watched(tap, signal);
  await printTraffic(upstream === undefined ? ofFiles : ofProxy({ ...options, upstream }), wanted, output);
}

/**
 * The connections that need to be read, where it is enough to read those: names of topics that go by their ids may have been
 * said on any, and a moment of the recording may be told from its beginning.
 */
function readOnly({ connection, topic, from, to }: InspectOptions): { readonly connection?: readonly number[] } {
  const isAbsolute = (moment: string | undefined) => moment === undefined || /^\d{4}-/.test(moment);
  if (topic !== undefined || !isAbsolute(from) || !isAbsolute(to)) return {};
  // What is no number of a connection is refused, or found nowhere, by the filter.
  if (connection === undefined || !connection.every((text) => /^[1-9]\d{0,14}$/.test(text))) return {};
  return { connection: connection.map(Number) };
}

/** What goes through a proxy, which is there for as long as somebody reads. */
async function* watched(options: TapArguments, signal: AbortSignal): AsyncGenerator<CaptureEvent, undefined> {
  const live = watch(secretOptions(options));
  // Between the calls only what goes wrong.
  const logger = createLogger({ level: process.env['MILLRACE_LOG_LEVEL'] ?? 'warn' });
  const { proxy, where } = await openProxy(options, logger);
  proxy.taps.add(live.taps);
  let closing: Promise<void> | null = null;
  // What is being answered is still seen.
  const close = () => (closing ??= proxy.close().finally(() => live.close()));
  try {
    process.stderr.write(`Watching: ${where}. Ctrl-C ends it.\n`);
    signal.addEventListener('abort', close);
    if (signal.aborted) void close();
    yield* live;
  } finally {
    signal.removeEventListener('abort', close);
    await close();
  }
  return undefined;
}
