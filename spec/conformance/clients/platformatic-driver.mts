/**
 * The program behind `platformatic.ts`: one job from stdin, done with @platformatic/kafka, its answer to stdout.
 *
 * Runs on Node's own type stripping. Reading is `Consumer.fetch`, the request that its stream is made of: the stream
 * itself always joins a group, and so it is not used here.
 */
import { text } from 'node:stream/consumers';
import { Admin, Consumer, Producer } from '@platformatic/kafka';
import type { Load, Rec, Slice, Stored } from './client.js';
import type { Job, Wire } from './driver.js';

const { bootstrap, ...job }: Job & { bootstrap: string } = JSON.parse(await text(process.stdin));
const common = { clientId: 'conformance', bootstrapBrokers: [bootstrap] };
/** The bit of a batch's attributes. */
const CONTROL = 0x20;
const PARTITION_MAX_BYTES = 8_388_608;

console.log(JSON.stringify((await answer(job as Job)) ?? null));

async function answer(job: Job): Promise<unknown> {
  if (job.op === 'produce') return await produce(job.load);
  if (job.op === 'read') return await read(job.slices);
  const admin = new Admin(common);
  try {
    return await administer(admin, job);
  } finally {
    await admin.close();
  }
}

async function administer(admin: Admin, job: Exclude<Job, { op: 'produce' | 'read' }>): Promise<unknown> {
  const { topic } = job;
  switch (job.op) {
    case 'createTopic':
      return void (await admin.createTopics({ topics: [topic], partitions: job.partitions, replicas: 1 }));
    case 'growTopic':
      return await admin.createPartitions({ topics: [{ name: topic, count: job.partitions }] });
    case 'deleteTopic':
      return await admin.deleteTopics({ topics: [topic] });
    case 'countPartitions': {
      if (!(await admin.listTopics()).includes(topic)) return 0;
      const metadata = await admin.metadata({ topics: [topic] });
      return metadata.topics.get(topic)?.partitionsCount ?? 0;
    }
    case 'offsets': {
      const offsets: number[] = [];
      for (const time of job.times) {
        const partitions = [{ partitionIndex: job.partition, timestamp: BigInt(time) }];
        const [listed] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
        offsets.push(Number(listed?.partitions[0]?.offset ?? -1));
      }
      return offsets;
    }
  }
}

async function produce({ topic, codec, idempotent, rounds }: Wire<Load>): Promise<void> {
  const producer = new Producer<Buffer | null, Buffer | null, Buffer, Buffer | null>(common);
  const message = (partition: number, { key, value, headers }: Wire<Rec>) => ({
    topic,
    partition,
    key: bytes(key),
    value: bytes(value),
    // a Map with Buffers for names holds the same name twice
    headers: new Map(headers.map(([name, value]) => [Buffer.from(name), bytes(value)])),
  });
  try {
    for (const partitions of rounds) {
      const messages = partitions.flatMap((records, partition) => records.map((record) => message(partition, record)));
      await producer.send({ messages, compression: codec, idempotent, acks: -1 });
    }
  } finally {
    await producer.close();
  }
}

async function read(slices: Slice[]): Promise<Wire<Stored>[][]> {
  const consumer = new Consumer({ ...common, groupId: 'never-joined', maxWaitTime: 1_000 });
  try {
    const lists: Wire<Stored>[][] = [];
    for (const slice of slices) lists.push(await readSlice(consumer, slice));
    return lists;
  } finally {
    await consumer.close();
  }
}

async function readSlice(consumer: Consumer, { topic, partition, offset, count }: Slice): Promise<Wire<Stored>[]> {
  const metadata = await consumer.metadata({ topics: [topic] });
  const found = metadata.topics.get(topic);
  const node = found?.partitions[partition]?.leader;
  if (!found || node === undefined) throw new Error(`no leader for ${topic}-${partition}`);
  const read: Wire<Stored>[] = [];
  for (let next = offset; read.length < count; ) {
    const wanted = {
      partition,
      fetchOffset: BigInt(next),
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
      partitionMaxBytes: PARTITION_MAX_BYTES,
    };
    const { responses } = await consumer.fetch({ node, topics: [{ topicId: found.id, partitions: [wanted] }] });
    const batches = responses[0]?.partitions[0]?.records ?? [];
    if (batches.length === 0) break;
    for (const { attributes, firstOffset, lastOffsetDelta, records } of batches) {
      const stored = records.map((record) => ({ ...wire(record), offset: Number(firstOffset) + record.offsetDelta }));
      // Its stream leaves control batches out, and its fetch does not.
      if ((attributes & CONTROL) === 0) read.push(...stored.filter((record) => record.offset >= next));
      next = Number(firstOffset) + lastOffsetDelta + 1;
    }
  }
  return read.slice(0, count);
}

interface Decoded {
  key: Buffer | null;
  value: Buffer | null;
  headers: [Buffer | null, Buffer | null][];
}

function wire({ key, value, headers }: Decoded): Wire<Rec> {
  const pairs = headers.map(([name, bytes]): [string, string | null] => [String(name), base64(bytes)]);
  return { key: base64(key), value: base64(value), headers: pairs };
}

function bytes(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'base64');
}

function base64(bytes: Buffer | null): string | null {
  return bytes?.toString('base64') ?? null;
}
