/**
 * What a recording is made of, wherever it comes from: a file of ours, of tcpdump or Wireshark, or a tap. Types only.
 *
 * What always holds: a connection is `opened` once, before anything else of it, and `closed` once, behind everything else
 * of it. Its events come in their order. Events of several connections come in the order in which they happened, but for
 * connections whose beginning was not recorded: what came before one can tell who the broker is comes late, with its time.
 */
import type { Observable, SchedulerLike } from 'rxjs';

/** Who sent a message. */
export type Side = 'client' | 'broker';

export type CaptureEvent = Opened | RecordedFrame | Closed | Lost;

export interface Opened {
  readonly is: 'opened';
  /** Number of the connection in this recording; the first is 1. */
  readonly connection: number;
  /** Milliseconds since 1970, with fractions; so everywhere below. */
  readonly atMs: number;
  /** Address and port, such as `127.0.0.1:51022` or `[::1]:51022`. */
  readonly client: string;
  readonly server: string;
  /** Name of the broker's listener, where a broker recorded; else null. */
  readonly listener: string | null;
}

/** One message. */
export interface RecordedFrame {
  readonly is: 'frame';
  readonly connection: number;
  /** When its last byte was there. */
  readonly atMs: number;
  readonly from: Side;
  /** Without its length prefix. They may share memory with others; whoever keeps few of many copies those. */
  readonly bytes: Buffer;
}

export interface Closed {
  readonly is: 'closed';
  readonly connection: number;
  readonly atMs: number;
  /** Who ended it; null if the recording does not say, or ended before. */
  readonly by: Side | null;
}

/** What could not be read, or was not recorded. */
export interface Lost {
  readonly is: 'lost';
  /** Null if nobody knows of which. */
  readonly connection: number | null;
  readonly atMs: number;
  readonly from: Side | null;
  /** How many bytes are missing, as far as is known. */
  readonly bytes: number;
  /** For people, such as `4096 bytes of a frame of 10000 were not captured`. */
  readonly why: string;
}

/** What a recording says of itself. */
export interface CaptureAbout {
  readonly format: 'mrcap' | 'pcap' | 'pcapng';
  /** Of the format, such as `2.4`. */
  readonly version: string;
  /** Whether the file as a whole is compressed. */
  readonly isGzip: boolean;
  /** What else its header says, such as who made it and what was left out, by name. */
  readonly facts: Readonly<Record<string, string>>;
}

/** A recording that can be read. Of a file, each iteration and each subscription begins anew; of a stream there is one. */
export interface Capture extends AsyncIterable<CaptureEvent> {
  /**
   * Read when it is asked for.
   * @throws CaptureError for what is not a recording, or cannot be opened
   */
  readonly about: Promise<CaptureAbout>;
  /** @throws CaptureError (from `next`) for what is not a recording; whatever is broken inside of one is a `lost` event */
  [Symbol.asyncIterator](): AsyncIterableIterator<CaptureEvent>;
  /** The same as an Observable; `from(capture)` of RxJS takes it as well. It waits for nobody. */
  asObservable(): Observable<CaptureEvent>;
  toArray(): Promise<CaptureEvent[]>;
}

/** How a recording is read; all may be left out. */
export interface ReadCaptureOptions {
  /** Only connections with one of these ports are read; in recordings of packets they are those of brokers. All if absent. */
  readonly ports?: readonly number[];
  /** Frames beyond this are lost, in bytes; 256 MiB if absent, which is the most. */
  readonly frameMaxBytes?: number;
  /** The only connections to be read, by their numbers; blocks of an .mrcap file that are about others are not even read. */
  readonly connection?: number | readonly number[];
  /**
   * A file that is still being written, by its path: waits for more at its end, until the recording says that it ends, and
   * goes on with the next file of one that rolls. A recording that is cut because it is still being written is not broken.
   */
  readonly live?: boolean;
  /**
   * A file by its path: whether a file beside it, in which the recording goes on, is to be read as well. Asked for each where
   * the one before ends; what is not read is told as lost. If absent it ends there, but with `live`.
   */
  readonly follows?: (path: string) => boolean;
  /** Ends the reading of a file or a Readable, wherever it waits: what was read until then is all, and nothing is missing. */
  readonly signal?: AbortSignal;
  /** live: by whose time the file is looked at; the real one if absent. */
  readonly scheduler?: SchedulerLike;
}
