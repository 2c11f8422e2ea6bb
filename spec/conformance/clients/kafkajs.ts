/**
 * kafkajs 2.2 as a `Client`, in this process.
 *
 * kafkajs has no assign(): its consumer is always a member of a group. So reading goes through `kafkajs-fetch.ts`, which
 * uses kafkajs's own cluster, connection and decoder classes below the consumer. Of the codecs it brings only gzip; the
 * others are plugged in from `kafkajs-codecs.ts`.
 *
 * Not writable: a header whose value is null (its encoder asks for the length of the null).
 */
import { type Admin, CompressionTypes, Kafka, logLevel, type Message } from 'kafkajs';
import { anyRecord, type Client, codecs, EARLIEST, hasNullHeader, LATEST, type Rec, type Stored } from './client';
import { plugCodecs } from './kafkajs-codecs';
import { withReader } from './kafkajs-fetch';

const types = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

export const kafkajs: Client = {
  name: 'kafkajs',
  codecs,
  picksPartition: true,
  missing: () => null,
  ...anyRecord,
  writes: (record) => !hasNullHeader(record),
  topics: {
    create: (bootstrap, topic, partitions) =>
      withAdmin(bootstrap, async (admin) => {
        await admin.createTopics({ topics: [{ topic, numPartitions: partitions }] });
      }),
    grow: (bootstrap, topic, partitions) =>
      withAdmin(bootstrap, async (admin) => {
        await admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] });
      }),
    delete: (bootstrap, topic) => withAdmin(bootstrap, (admin) => admin.deleteTopics({ topics: [topic] })),
    partitions: (bootstrap, topic) =>
      withAdmin(bootstrap, async (admin) => {
        if (!(await admin.listTopics()).includes(topic)) return 0;
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        return topics[0]?.partitions.length ?? 0;
      }),
  },
  produce: async (bootstrap, { topic, codec, idempotent, rounds }) => {
    await plugCodecs();
    const producer = kafka(bootstrap).producer({ idempotent });
    await producer.connect();
    try {
      for (const partitions of rounds) {
        const messages = partitions.flatMap((records, partition) =>
          records.map((record) => message(partition, record)),
        );
        await producer.send({ topic, acks: -1, compression: types[codec], messages });
      }
    } finally {
      await producer.disconnect();
    }
  },
  read: (bootstrap, slices) =>
    withReader(bootstrap, async (reader) => {
      const lists: Stored[][] = [];
      for (const { topic, partition, offset, count } of slices) {
        lists.push(await reader.read(topic, partition, offset, count));
      }
      return lists;
    }),
  offsets: (bootstrap, topic, partition, times) =>
    withAdmin(bootstrap, async (admin) => {
      const offsets: number[] = [];
      for (const time of times) offsets.push(await offsetAt(admin, topic, partition, time));
      return offsets;
    }),
};

/** kafkajs itself, for what a spec asks of it beyond `Client`. */
export function kafka(bootstrap: string): Kafka {
  return new Kafka({ clientId: 'conformance', brokers: [bootstrap], logLevel: logLevel.ERROR });
}

function message(partition: number, { key, value, headers }: Rec): Message {
  const grouped: Record<string, Buffer[]> = {};
  for (const [name, bytes] of headers) if (bytes) (grouped[name] ??= []).push(bytes);
  return { partition, key, value, headers: grouped };
}

async function offsetAt(admin: Admin, topic: string, partition: number, time: number): Promise<number> {
  if (time >= 0) {
    const found = await admin.fetchTopicOffsetsByTimestamp(topic, time);
    return Number(found.find((entry) => entry.partition === partition)?.offset ?? -1);
  }
  const ends = (await admin.fetchTopicOffsets(topic)).find((entry) => entry.partition === partition);
  if (!ends || (time !== EARLIEST && time !== LATEST)) throw new Error(`kafkajs has no offset for time ${time}`);
  return Number(time === EARLIEST ? ends.low : ends.high);
}

async function withAdmin<T>(bootstrap: string, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka(bootstrap).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
