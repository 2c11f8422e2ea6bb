/**
 * The hash of what a group's topics look like: when it changes, the group's partitions are assigned anew. Consumer groups
 * keep it in their ConsumerGroupMetadata record, share and streams groups in theirs; so the number is Kafka's own
 * (org.apache.kafka.coordinator.group.Utils, `computeTopicHash` and `computeGroupHash`, Kafka 4.1 on).
 *
 * Both are XXH3-64 with seed 0 of a stream of little-endian numbers and of texts. A text is its UTF-16 units and then how
 * many there are (hash4j's putString).
 */
import { Reader } from '../../protocol/bytes';
import type { BrokerImage, MetadataImage, TopicImage } from '../../storage/metadata-image';

/** Says which layout of a topic's stream was hashed. */
const topicMagic = 0;

type Package = typeof import('@node-rs/xxhash');
let loaded: Package | null = null;
// Loading native code takes milliseconds, and many brokers never see a consumer group.
const load = (): Package => (loaded ??= require('@node-rs/xxhash') as Package);

/**
 * The metadata hash of a group that subscribes to these topics; topics that are not there are left out.
 *
 * @returns an int64, behind the type of a number as in reader.ts (a bigint where no number can hold it): compare it with
 *   `===`, and write it; 0 without topics
 */
export function hashTopics(topicNames: Iterable<string>, image: MetadataImage): number {
  const names = [...new Set(topicNames)].filter((name) => image.topicsByName.has(name));
  if (names.length === 0) return 0;
  const stream = new HashStream();
  // By UTF-16 units, as Java compares strings, and as JavaScript does.
  for (const name of names.sort()) stream.bytes(topicHash(image.topicsByName.get(name)!, image.brokers));
  return new Reader(stream.digest()).long();
}

type Brokers = ReadonlyMap<number, BrokerImage>;

/** By the brokers of an image, whose racks are hashed, and by topic: a heartbeat must not hash a topic again. */
const known = new WeakMap<Brokers, WeakMap<TopicImage, Buffer>>();

/** Little-endian. */
function topicHash(topic: TopicImage, brokers: Brokers): Buffer {
  let ofBrokers = known.get(brokers);
  if (ofBrokers === undefined) known.set(brokers, (ofBrokers = new WeakMap()));
  let hash = ofBrokers.get(topic);
  if (hash === undefined) ofBrokers.set(topic, (hash = digestOf(topic, brokers).reverse()));
  return hash;
}

function digestOf(topic: TopicImage, brokers: Brokers): Buffer {
  const stream = new HashStream();
  const id = Buffer.from(topic.id, 'base64url');
  stream.byte(topicMagic);
  // Each half of the id is a long of its own.
  stream.bytes(id.subarray(0, 8).reverse());
  stream.bytes(id.subarray(8).reverse());
  stream.string(topic.name);
  stream.int(topic.partitions.length);
  topic.partitions.forEach((partition, index) => {
    stream.int(index);
    const racks = partition.replicas
      .map((replica) => brokers.get(replica)?.rack ?? null)
      .filter((rack) => rack !== null);
    for (const rack of racks.sort()) {
      // A text says its length already; Kafka writes it in front as well.
      stream.int(rack.length);
      stream.string(rack);
    }
  });
  return stream.digest();
}

class HashStream {
  private taken = Buffer.allocUnsafe(256);
  private length = 0;

  byte(value: number): void {
    const at = this.room(1);
    this.taken.writeUInt8(value, at);
  }

  int(value: number): void {
    const at = this.room(4);
    this.taken.writeInt32LE(value, at);
  }

  string(text: string): void {
    const at = this.room(2 * text.length);
    this.taken.write(text, at, 'utf16le');
    this.int(text.length);
  }

  bytes(bytes: Buffer): void {
    const at = this.room(bytes.length);
    bytes.copy(this.taken, at);
  }

  /** Big-endian, 8 bytes. */
  digest(): Buffer {
    const hash = Buffer.alloc(8);
    hash.writeBigUInt64BE(load().xxh3.xxh64(this.taken.subarray(0, this.length)));
    return hash;
  }

  /** Where the next `size` bytes go; `taken` may be another buffer then. */
  private room(size: number): number {
    const at = this.length;
    this.length += size;
    if (this.length > this.taken.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.taken.length, this.length));
      this.taken.copy(larger, 0, 0, at);
      this.taken = larger;
    }
    return at;
  }
}
