/**
 * InOrder: what one side of a connection sent, put back in its order by TCP's sequence numbers.
 *
 * Whatever comes twice is given once. What comes too early is kept until what is before it comes; that is given up, and
 * told of as a gap, when so much waits that it will not come any more, when the other side has acknowledged it for a while
 * (then it was sent but not captured), or at the end. Memory is bounded: by bytes and by pieces.
 */
import type { Segment } from './segment';

/** Who takes the stream. */
export interface StreamSink {
  /** @param isStart whether a packet begins here */
  bytes(chunk: Buffer, atMs: number, isStart: boolean): void;
  /** Bytes that were sent, and are not in the file. */
  gap(bytes: number, atMs: number, why: string): void;
}

interface Piece {
  readonly sequence: number;
  readonly payload: Buffer;
  readonly cutBytes: number;
  readonly atMs: number;
}

const waitingMaxBytes = 16 * 1024 * 1024;
const waitingMaxPieces = 16_384;
/** So many packets of a connection may overtake one another. */
const patiencePackets = 32;
/** A window that is larger does not exist (RFC 7323): what is farther away is of another connection, or broken. */
const windowMaxBytes = 2 ** 30;

const notCaptured = 'not captured';
const cut = 'captured in part only (snaplen)';

export class InOrder {
  /** Bytes that came with sequence numbers of no window. */
  strayBytes = 0;
  private readonly sink: StreamSink;
  /** Sequence number of the byte that is to come; null until the first has been seen. */
  private next: number | null = null;
  /** What came early, in order. */
  private readonly waiting: Piece[] = [];
  private waitingBytes = 0;
  /** Packets since the other side acknowledged what is not there. */
  private patience = 0;
  private acknowledged: number | null = null;
  private finAt: number | null = null;

  constructor(sink: StreamSink) {
    this.sink = sink;
  }

  /** Whether all has come that this side will ever send. */
  get isOver(): boolean {
    return this.finAt !== null && this.next !== null && distance(this.finAt, this.next) >= 0;
  }

  /** Sets where the stream begins, which a SYN tells; only the first time. */
  begin(sequence: number): void {
    this.next ??= sequence >>> 0;
  }

  add({ sequence, payload, cutBytes, atMs, isFin }: Segment): void {
    const size = payload.length + cutBytes;
    if (this.next === null && size === 0) return;
    this.next ??= sequence;
    const ahead = distance(this.next, sequence);
    if (isFin) this.finAt = (sequence + size) >>> 0;
    if (size === 0) return;
    if (Math.abs(ahead) > windowMaxBytes) {
      this.strayBytes += size;
      return;
    }
    if (ahead + size <= 0) return;
    const piece = { sequence, payload, cutBytes, atMs };
    if (ahead <= 0) {
      this.patience = 0;
      this.give(piece);
      this.giveWaiting();
    } else this.keep(piece);
  }

  /** The other side says that it has everything before this number. */
  acknowledge(upTo: number, atMs: number): void {
    if (this.next === null) return;
    if (this.acknowledged === null || distance(this.acknowledged, upTo) > 0) this.acknowledged = upTo;
    if (distance(this.next, this.acknowledged) <= this.finBytes()) this.patience = 0;
    else if (++this.patience > patiencePackets) this.giveUp(atMs);
  }

  /** Gives everything that waits: nothing more comes. */
  end(atMs: number): void {
    while (this.waiting.length > 0) this.giveUp(atMs);
    const { next, acknowledged } = this;
    if (next === null || acknowledged === null) return;
    const missing = distance(next, acknowledged) - this.finBytes();
    if (missing > 0 && missing <= windowMaxBytes) this.leap(missing, atMs);
  }

  /** A FIN counts as a byte that nobody sends. */
  private finBytes(): number {
    return this.finAt !== null && this.acknowledged === (this.finAt + 1) >>> 0 ? 1 : 0;
  }

  private keep(piece: Piece): void {
    let at = this.waiting.length;
    while (at > 0 && distance(this.waiting[at - 1]!.sequence, piece.sequence) < 0) at--;
    const before = this.waiting[at - 1];
    if (before !== undefined && distance(endOf(before), endOf(piece)) <= 0) return;
    // A copy: a small packet would keep a whole chunk of the file.
    this.waiting.splice(at, 0, { ...piece, payload: Buffer.from(piece.payload) });
    this.waitingBytes += piece.payload.length;
    while (this.waitingBytes > waitingMaxBytes || this.waiting.length > waitingMaxPieces) this.giveUp(piece.atMs);
  }

  /** What is missing before the first that waits is gone. */
  private giveUp(atMs: number): void {
    const first = this.waiting[0];
    const known = this.acknowledged === null ? 0 : distance(this.next!, this.acknowledged);
    const missing = first === undefined ? known - this.finBytes() : distance(this.next!, first.sequence);
    this.patience = 0;
    if (missing > 0 && missing <= windowMaxBytes) this.leap(missing, first?.atMs ?? atMs);
    this.giveWaiting();
  }

  private leap(bytes: number, atMs: number): void {
    this.next = (this.next! + bytes) >>> 0;
    this.sink.gap(bytes, atMs, notCaptured);
  }

  private giveWaiting(): void {
    while (this.waiting.length > 0 && distance(this.next!, this.waiting[0]!.sequence) <= 0) {
      const piece = this.waiting.shift()!;
      this.waitingBytes -= piece.payload.length;
      if (distance(this.next!, endOf(piece)) > 0) this.give(piece);
    }
  }

  /** Gives what is new of a piece that begins at or before the byte that is to come. */
  private give(piece: Piece): void {
    const { payload, cutBytes, atMs } = piece;
    const known = distance(piece.sequence, this.next!);
    this.next = endOf(piece);
    if (known < payload.length) this.sink.bytes(known === 0 ? payload : payload.subarray(known), atMs, known === 0);
    if (cutBytes > 0) this.sink.gap(Math.min(cutBytes, payload.length + cutBytes - known), atMs, cut);
  }
}

function endOf({ sequence, payload, cutBytes }: Piece): number {
  return (sequence + payload.length + cutBytes) >>> 0;
}

/** From one sequence number to another, which may be behind the wrap-around; negative: backwards. */
function distance(from: number, to: number): number {
  return (to - from) | 0;
}
