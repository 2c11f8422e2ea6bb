/**
 * The formats of recordings, known by their first bytes: what such a file says of itself, and who reads it on. Called by
 * opening.ts.
 */
import type { CaptureAbout, CaptureEvent, ReadCaptureOptions } from './event';
import { fileHeadBytes, formatVersion } from './mrcap/block';
import { BlockReader, factsOf, isRecording, versionOf } from './mrcap/block-reader';
import { ClassicReader, classicHeader, isClassic } from './pcap/classic';
import { isNextGeneration, NextGenerationReader, nextGenerationVersion } from './pcap/next-generation';
import { Traffic } from './pcap/traffic';

/** Reads one recording from its beginning, chunk by chunk. */
export interface Decoder {
  push(chunk: Buffer): Iterable<CaptureEvent>;
  /** @param isStopped whether reading ends before the file does, so that what is cut is not broken */
  end(isStopped: boolean): Iterable<CaptureEvent>;
  /** Whether the file said that it ends here. Absent for formats that do not. */
  readonly isOver?: boolean;
  /** Name of the file beside it in which the recording goes on. */
  readonly next?: string | null;
  /** What comes now is that file. */
  goOn?(): void;
  /** How many of the next bytes it wants none of, `most` at most, and will not get. Absent for formats that need all. */
  skip?(most: number): number;
}

/** A format that is known. */
export interface Format {
  readonly name: CaptureAbout['format'];
  is(head: Buffer): boolean;
  /** What the header says; null if it is broken, or does not end here. */
  about(head: Buffer): Pick<CaptureAbout, 'version' | 'facts'> | null;
  /** Why a version of it cannot be read; null for one that can. */
  refuse?(head: Buffer): string | null;
  decoder(options: CheckedOptions): Decoder;
}

export interface CheckedOptions extends Omit<ReadCaptureOptions, 'connection'> {
  readonly frameMaxBytes: number;
  /** The only ones that are read; null: all. */
  readonly connections: ReadonlySet<number> | null;
}

export const formats: readonly Format[] = [
  {
    name: 'mrcap',
    is: isRecording,
    about: (head) => {
      const version = versionOf(head);
      const facts = factsOf(head);
      return version === null || facts === null ? null : { version: String(version), facts };
    },
    refuse: (head) => {
      const version = versionOf(head) ?? formatVersion;
      if (version === formatVersion) return null;
      return `is a recording of format version ${version}; only version ${formatVersion} can be read here`;
    },
    decoder: ({ frameMaxBytes, connections }) => new BlockReader(frameMaxBytes, connections),
  },
  {
    name: 'pcap',
    is: isClassic,
    about: (head) => {
      const header = classicHeader(head);
      if (header === null) return null;
      const { version, linkType, snapBytes } = header;
      return { version, facts: { linkType: String(linkType), snapBytes: String(snapBytes) } };
    },
    decoder: (options) => new Traffic(new ClassicReader(), options),
  },
  {
    name: 'pcapng',
    is: isNextGeneration,
    about: (head) => {
      const version = nextGenerationVersion(head);
      return version === null ? null : { version, facts: {} };
    },
    decoder: (options) => new Traffic(new NextGenerationReader(), options),
  },
];

/** Of what a file begins with, so many bytes tell whether it is compressed. */
export const magicBytes = 4;

/** Whether enough is there to know what it is, or that it is nothing. */
export function isKnown(head: Buffer): boolean {
  if (head.length < fileHeadBytes) return false;
  const format = formats.find(({ is }) => is(head));
  return format === undefined || format.about(head) !== null;
}

export function whatInstead(head: Buffer): string {
  const known = `expected ${formats.map(({ name }) => name).join(', ')}, gzip'd or not`;
  if (head.length === 0) return `is empty; ${known}`;
  return `is not a recording: it begins with ${head.toString('hex', 0, magicBytes)}; ${known}`;
}
