/**
 * Traffic: from the packets of a file to the events of its connections. Both readers of pcap files feed it.
 *
 * Packets that are not TCP are passed over: nothing of Kafka is in them. Each packet that cannot be read is an event, but
 * of one kind only the first, with the others counted at the end.
 */
import type { CaptureEvent, ReadCaptureOptions } from '../event';
import { Conversation, type Surroundings } from './conversation';
import { ipIn } from './link';
import type { Packet, PacketReader, Unread } from './packet';
import { reverseOf, type Segment, segmentIn, senderPortOf } from './segment';

const frameMaxBytesByDefault = 256 * 1024 * 1024;
/** Connections that are over, of which late packets may still come. */
const overMax = 1024;

interface Trouble {
  packets: number;
  bytes: number;
}

export class Traffic {
  private readonly reader: PacketReader;
  private readonly ports: ReadonlySet<number> | null;
  private readonly surroundings: Surroundings;
  /** By the key of either direction. */
  private readonly conversations = new Map<string, Conversation>();
  private readonly over: string[] = [];
  private readonly troubles = new Map<string, Trouble>();
  private events: CaptureEvent[] = [];
  private lastMs = 0;
  private lastId = 0;

  constructor(reader: PacketReader, { ports, frameMaxBytes = frameMaxBytesByDefault }: ReadCaptureOptions) {
    this.reader = reader;
    this.ports = ports === undefined ? null : new Set(ports);
    this.surroundings = {
      frameMaxBytes,
      brokers: new Set(),
      isBrokerPort: (key) => this.ports?.has(senderPortOf(key)) ?? false,
      nextId: () => ++this.lastId,
      emit: (event) => this.events.push(event),
    };
  }

  /** What the next bytes of the file bring. */
  *push(chunk: Buffer): Generator<CaptureEvent> {
    for (const item of this.reader.push(chunk)) {
      this.take(item);
      yield* this.given();
    }
  }

  /**
   * What is left at the end of the file.
   * @param isStopped whether reading ends before the file does, so that a packet that is cut is not broken
   */
  *end(isStopped = false): Generator<CaptureEvent> {
    if (!isStopped) for (const item of this.reader.end()) this.take(item);
    for (const conversation of new Set(this.conversations.values())) conversation.close();
    for (const [why, { packets, bytes }] of this.troubles)
      if (packets > 1) this.lose(bytes, `${packets - 1} more packets: ${why}`);
    yield* this.given();
  }

  private given(): CaptureEvent[] {
    const { events } = this;
    if (events.length > 0) this.events = [];
    return events;
  }

  private take(item: Packet | Unread): void {
    if (item.is === 'unread') return this.lose(item.bytes, item.why);
    const { linkType, bytes, atMs } = item;
    this.lastMs = atMs;
    const ipAt = ipIn(linkType, bytes);
    const segment = typeof ipAt === 'number' ? segmentIn(bytes, ipAt, atMs) : ipAt;
    if (typeof segment === 'string') this.unreadable(bytes.length, segment);
    else if (segment !== null) this.segment(segment);
  }

  private unreadable(bytes: number, why: string): void {
    const trouble = this.troubles.get(why);
    if (trouble !== undefined) {
      trouble.packets++;
      trouble.bytes += bytes;
      return;
    }
    this.troubles.set(why, { packets: 1, bytes: 0 });
    this.lose(bytes, why);
  }

  private lose(bytes: number, why: string): void {
    this.events.push({ is: 'lost', connection: null, atMs: this.lastMs, from: null, bytes, why });
  }

  private segment(segment: Segment): void {
    let conversation = this.conversations.get(segment.key);
    if (conversation?.isAnother(segment)) {
      conversation.close();
      conversation = undefined;
    }
    conversation ??= this.begin(segment);
    if (conversation === undefined || conversation.isOver) return;
    conversation.add(segment);
    if (conversation.isOver) this.retire(segment.key, conversation);
  }

  private begin(segment: Segment): Conversation | undefined {
    const { key, isSyn, payload, cutBytes } = segment;
    // What only acknowledges or ends tells of nothing that could be read.
    if (!isSyn && payload.length + cutBytes === 0) return undefined;
    const other = reverseOf(key);
    const { ports } = this;
    if (ports !== null && !ports.has(senderPortOf(key)) && !ports.has(senderPortOf(other))) return undefined;
    const conversation = new Conversation(segment, this.surroundings);
    this.conversations.set(key, conversation);
    this.conversations.set(other, conversation);
    return conversation;
  }

  /** Keeps the newest of those that are over, so that a packet that comes twice does not open them again. */
  private retire(key: string, conversation: Conversation): void {
    this.over.push(key);
    if (this.over.length <= overMax) return;
    const oldest = this.over.shift()!;
    if (!this.conversations.get(oldest)?.isOver || this.conversations.get(oldest) === conversation) return;
    this.conversations.delete(oldest);
    this.conversations.delete(reverseOf(oldest));
  }
}
