/**
 * What `millrace traffic` does: finds what is to be read, a recording or a proxy's connections, and has it printed. Called by
 * traffic.ts only, which loads it.
 */
import type { Writable } from 'node:stream';
import { asyncScheduler } from 'rxjs';
import type { CaptureEvent } from '../capture/event';
import { readCapture } from '../capture/read-capture';
import { type WatchOptions, watch } from '../capture/watch';
import { createLogger } from '../logger';
import { createProxy } from '../proxy/create-proxy';
import type { InspectOptions } from '../traffic/inspect';
import { type OpenTraffic, printTraffic } from '../traffic/print';

/** What a proxy is made of, to look at what goes through. */
export interface TapArguments {
  /** Brokers of one cluster, separated by commas. */
  readonly upstream?: string;
  readonly listen?: string;
  readonly advertisedHost?: string;
  readonly keep?: readonly string[];
  readonly hide?: readonly string[];
}

export interface TrafficArguments extends InspectOptions, TapArguments {
  /** Goes on with what comes. */
  readonly live?: true;
  /** Ports of brokers, for recordings of packets. */
  readonly port?: readonly number[];
}

/**
 * Prints the traffic of a file, `-` for the standard input, or what goes through a proxy before `upstream`; sets the exit
 * status of the process.
 */
export async function runTraffic(
  file: string | undefined,
  options: TrafficArguments,
  output: Writable & { readonly isTTY?: boolean } = process.stdout,
): Promise<void> {
  const { live = false, port, upstream, listen, advertisedHost, keep, hide, ...given } = options;
  const wanted = given.from === 'now' ? { ...given, from: new Date(asyncScheduler.now()).toISOString() } : given;
  const ofFile: OpenTraffic = (signal) => {
    const isFile = file !== '-';
    return readCapture(isFile ? file! : process.stdin, {
      ...{ signal, live: live && isFile },
      ...(port === undefined ? {} : { ports: port }),
      ...readOnly(wanted),
    });
  };
  const ofProxy: OpenTraffic = (signal) => watched(options, signal);
  await printTraffic(upstream === undefined ? ofFile : ofProxy, wanted, output);
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
  const { listen, advertisedHost, keep, hide } = options;
  const upstream = options.upstream!.split(',').map((text) => text.trim());
  const live = watch({
    ...(keep === undefined ? {} : { keep: keep as WatchOptions['keep'] }),
    ...(hide === undefined ? {} : { hide: hide as WatchOptions['hide'] }),
  } as WatchOptions);
  const proxy = createProxy({
    upstream,
    taps: live.taps,
    // Between the calls only what goes wrong.
    logger: createLogger({ level: process.env['MILLRACE_LOG_LEVEL'] ?? 'warn' }),
    ...(listen === undefined ? {} : { listen }),
    ...(advertisedHost === undefined ? {} : { advertisedHost }),
  });
  let closing: Promise<void> | null = null;
  // What is being answered is still seen.
  const close = () => (closing ??= proxy.close().finally(() => live.close()));
  try {
    const { bootstrap } = await proxy.listen();
    const where = `clients connect to ${bootstrap}, before ${upstream.join(', ')}`;
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
