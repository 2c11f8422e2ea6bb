/**
 * What the readers of pcap and pcapng give, whatever the file looks like. Types only.
 */

/** A packet as it was captured. */
export interface Packet {
  readonly is: 'packet';
  readonly atMs: number;
  /** A number of https://www.tcpdump.org/linktypes.html. */
  readonly linkType: number;
  /** What was captured of it, which may be less than went over the wire. */
  readonly bytes: Buffer;
}

/** A part of the file that cannot be read. */
export interface Unread {
  readonly is: 'unread';
  readonly bytes: number;
  readonly why: string;
}

/** Reads a file from its beginning, chunk by chunk. */
export interface PacketReader {
  push(chunk: Buffer): Iterable<Packet | Unread>;
  /** The file ends here. */
  end(): Iterable<Packet | Unread>;
}
