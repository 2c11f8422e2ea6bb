/**
 * `readCapture`: a recording of any format as events, once it is there or while it is being written.
 */
import { basename, dirname, join } from 'node:path';
import { Observable, observable } from 'rxjs';
import { checkNames, UsageError } from '../usage';
import type { Capture, CaptureAbout, CaptureEvent, Lost, ReadCaptureOptions } from './event';
import type { CheckedOptions, Decoder } from './formats';
import { type OpenedCapture, openCapture } from './opening';
import { CaptureError, type CaptureSource, checkSource } from './source';
import { wantedOf } from './wanted';

const optionNames = [
  'ports',
  'frameMaxBytes',
  'connection',
  'live',
  'follows',
  'signal',
  'scheduler',
] satisfies (keyof ReadCaptureOptions)[];
/** Larger ones could not be told from TLS and HTTP any more, whose first bytes are larger lengths. */
const frameMaxMaxBytes = 256 * 1024 * 1024;

/**
 * A recording that can be read: of ours, of tcpdump or of Wireshark, gzip'd or not.
 * @param given path of a file, its URL (`file:`), or its bytes as a stream, which can be read once
 * @throws UsageError for a source and options that cannot be meant; what the source is, is known when it is read
 */
export function readCapture(given: CaptureSource | URL, options: ReadCaptureOptions = {}): Capture {
  const source = checkSource('readCapture', given);
  checkNames('readCapture', options, optionNames);
  const { ports = [], frameMaxBytes = frameMaxMaxBytes, connection, live = false } = options;
  const strange = ports.find((port) => !Number.isInteger(port) || port < 1 || port > 65535);
  if (strange !== undefined) throw new UsageError(`readCapture: ports: ${strange} is none`);
  if (!Number.isInteger(frameMaxBytes) || frameMaxBytes < 1 || frameMaxBytes > frameMaxMaxBytes)
    throw new UsageError(`readCapture: frameMaxBytes: ${frameMaxBytes}, expected 1 to ${frameMaxMaxBytes}`);
  const connections = connection === undefined ? null : new Set([connection].flat());
  const none = [...(connections ?? [])].find((number) => !(Number.isSafeInteger(number) && number > 0));
  if (none !== undefined)
    throw new UsageError(`readCapture: connection: ${none}, expected the number of one, from 1 on`);
  if (live && typeof source !== 'string')
    throw new UsageError('readCapture: live: only a file by its path can be followed; a stream is read as it comes');
  return new ReadCapture(source, { ...options, frameMaxBytes, connections });
}

const never = new AbortController().signal;

class ReadCapture implements Capture {
  private readonly source: CaptureSource;
  private readonly options: CheckedOptions;
  private readonly signal: AbortSignal;
  /** Opened to ask what it is about, and not read yet. */
  private waiting: Promise<OpenedCapture | null> | null = null;
  private told: Promise<CaptureAbout> | null = null;
  private isTaken = false;

  constructor(source: CaptureSource, options: CheckedOptions) {
    this.source = source;
    this.options = options;
    this.signal = options.signal ?? never;
  }

  get about(): Promise<CaptureAbout> {
    if (this.told === null) {
      this.waiting = openCapture(this.source, this.options, this.signal);
      this.told = this.waiting.then(async (opened) => {
        if (opened === null) throw new CaptureError('reading was ended before the recording said what it is');
        // A file is opened again to be read; a stream cannot be.
        if (typeof this.source === 'string') await opened.close();
        return opened.about;
      });
    }
    return this.told;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<CaptureEvent> {
    return this.read(this.signal);
  }

  asObservable(): Observable<CaptureEvent> {
    return new Observable((subscriber) => {
      const stop = new AbortController();
      const pump = async () => {
        for await (const event of this.read(AbortSignal.any([this.signal, stop.signal]))) {
          if (subscriber.closed) return;
          subscriber.next(event);
        }
        subscriber.complete();
      };
      pump().catch((error) => subscriber.error(error));
      return () => stop.abort();
    });
  }

  [observable](): Observable<CaptureEvent> {
    return this.asObservable();
  }

  async toArray(): Promise<CaptureEvent[]> {
    const all: CaptureEvent[] = [];
    for await (const event of this) all.push(event);
    return all;
  }

  private async *read(signal: AbortSignal): AsyncGenerator<CaptureEvent, undefined> {
    const { source, options } = this;
    const isFile = typeof source === 'string';
    if (this.isTaken && !isFile) throw new CaptureError('a stream can be read once; this one has been');
    this.isTaken = true;
    const opened = (await (isFile ? null : this.waiting)) ?? (await openCapture(source, options, signal));
    if (opened === null) return undefined;
    const decoder = opened.format.decoder(options);
    opened.skipBy((most) => decoder.skip?.(most) ?? 0);
    const { live = false, follows = () => live } = options;
    const reading = new Reading(decoder, { live, follows }, signal);
    const isWanted = wantedOf({ connections: options.connections, ports: options.ports ?? [] });
    for await (const event of isFile ? reading.files(source, opened, options) : reading.file(opened))
      if (isWanted(event)) yield event;
    for (const event of reading.end()) if (isWanted(event)) yield event;
    return undefined;
  }
}

/** One time that a recording is read, which may be in several files. */
class Reading {
  private readonly decoder: Decoder;
  private readonly isLive: boolean;
  private readonly follows: (path: string) => boolean;
  private readonly signal: AbortSignal;
  private atMs = 0;

  constructor(
    decoder: Decoder,
    { live, follows }: Required<Pick<ReadCaptureOptions, 'live' | 'follows'>>,
    signal: AbortSignal,
  ) {
    this.decoder = decoder;
    this.isLive = live;
    this.follows = follows;
    this.signal = signal;
  }

  /** A file and, of one that is followed, those in which the recording goes on. */
  async *files(path: string, first: OpenedCapture, options: CheckedOptions): AsyncGenerator<CaptureEvent> {
    const { decoder } = this;
    const seen = new Set<string>([path]);
    yield* this.file(first);
    for (let next = this.nextTo(path); next !== null && !seen.has(next); next = this.nextTo(path)) {
      seen.add(next);
      let opened: OpenedCapture | null;
      try {
        opened = await openCapture(next, options, this.signal);
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error;
        return yield this.lost(`the recording goes on elsewhere: ${error.message}`);
      }
      if (opened === null) return;
      decoder.goOn!();
      yield* this.file(opened);
    }
    if (options.follows !== undefined && decoder.isOver && decoder.next != null && !this.signal.aborted)
      yield this.lost(`the recording goes on in ${decoder.next}, which was not given`);
  }

  async *file({ chunks, close }: OpenedCapture): AsyncGenerator<CaptureEvent> {
    const { decoder, signal } = this;
    try {
      for await (const chunk of chunks) {
        if (signal.aborted) return;
        if (chunk instanceof Error) {
          yield this.lost(`it cannot be uncompressed any further: ${chunk.message}`);
          return;
        }
        for (const event of decoder.push(chunk)) {
          this.atMs = event.atMs;
          yield event;
        }
        if (this.isLive && decoder.isOver) return;
      }
    } finally {
      await close();
    }
  }

  end(): Iterable<CaptureEvent> {
    return this.decoder.end(this.signal.aborted);
  }

  /** The file in which the recording goes on; null if it does not, or nobody is to follow it. */
  private nextTo(path: string): string | null {
    const { isOver, next } = this.decoder;
    if (!isOver || next == null || this.signal.aborted) return null;
    // A recording may come from anywhere: it names files beside it, and no others.
    if (next !== basename(next) || ['', '.', '..'].includes(next)) return null;
    const file = join(dirname(path), next);
    return this.follows(file) ? file : null;
  }

  private lost(why: string): Lost {
    return { is: 'lost', connection: null, atMs: this.atMs, from: null, bytes: 0, why };
  }
}
