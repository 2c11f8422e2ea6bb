/**
 * The whole broker as a process, over loopback: small unbatched produces, large batches, fetches, a tailing consumer.
 *
 * Frames are built once and sent in a closed loop; the load and the broker have a core each, so that this process is the
 * bound before the broker is. README.md has the figures of the prototypes that these are held against.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createTopics, fetch, metadata, produce } from '../../lib/apis';
import { buildBatch } from '../../lib/records/build';
import { median, type Print } from './bench';
import { type Client, client } from './client';
import { drive, frameOf, type Result } from './load';

const main = resolve(__dirname, '../../dist/lib/main.js');
const port = 28933;
const produceFrame = (partition: number, records: Buffer, topic = 'small') =>
  frameOf(produce, 11, {
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ name: topic, topicId: '', partitionData: [{ index: partition, records }] }],
  });

const fetchFrame = (topic: string, fetchOffset: number, maxBytes: number, maxWaitMs = 0) =>
  frameOf(fetch, 11, {
    maxWaitMs,
    minBytes: 1,
    maxBytes,
    topics: [{ topic, topicId: '', partitions: [{ partition: 0, fetchOffset, partitionMaxBytes: maxBytes }] }],
  });

const batchOf = (count: number, size: number) =>
  buildBatch(
    Array.from({ length: count }, () => ({ value: Buffer.alloc(size, 'v') })),
    { timestamp: 1_700_000_000_000 },
  );

export async function bench(print: Print): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const args = [main, '--override', `log.dirs=${dir}`, '--override', `listeners=PLAINTEXT://127.0.0.1:${port}`];
  const broker: ChildProcess = spawn(process.execPath, args, { stdio: 'ignore' });
  try {
    const admin = await connected();
    await make(admin, 'small', 10);
    await make(admin, 'large', 1);
    await make(admin, 'tail', 1);
    const small = batchOf(1, 100);
    for (const [connections, window] of [
      [1, 1],
      [10, 1],
      [100, 1],
      [1, 100],
    ] as const) {
      const load = { port, frame: (i: number) => produceFrame(i % 10, small), connections, window };
      await drive({ ...load, seconds: 1 });
      row(print, `produce 100 B, ${connections} x ${window} in flight`, await drive({ ...load, seconds: 3 }), 1);
    }
    const large = batchOf(1000, 1024);
    const load = { port, frame: () => produceFrame(0, large, 'large'), connections: 1, window: 2 };
    await drive({ ...load, seconds: 0.5 });
    const batches = await drive({ ...load, seconds: 1.5 });
    row(print, 'produce 1 MB batches, 1 x 2 in flight', batches, large.length);
    for (const [what, maxBytes] of [
      ['1 MiB', 1 << 20],
      ['64 KiB', 1 << 16],
    ] as const) {
      const topic = maxBytes > 1e5 ? 'large' : 'small';
      const fetching = { port, frame: () => fetchFrame(topic, 0, maxBytes), connections: 1, window: 1 };
      await drive({ ...fetching, seconds: 0.5 });
      const result = await drive({ ...fetching, seconds: 2 });
      row(print, `fetch ${what}`, result, result.bytesPerSecond / result.answersPerSecond);
    }
    await tail(print, small);
    admin.close();
  } finally {
    await new Promise<void>((ended) => {
      broker.once('exit', () => ended());
      broker.kill('SIGTERM');
    });
    rmSync(dir, { recursive: true, force: true });
  }
}

/** One producer and one consumer that waits for each record: from the write of the produce to the fetch's answer. */
async function tail(print: Print, records: Buffer): Promise<void> {
  const [producer, consumer] = [await connected(), await connected()];
  const latencies: number[] = [];
  for (let offset = 0; offset < 3000; offset++) {
    const partitions = [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 1 << 20 }];
    const topics = [{ topic: 'tail', topicId: '', partitions }];
    const waiting = consumer.ask(fetch, 11, { maxWaitMs: 5000, minBytes: 1, maxBytes: 1 << 20, topics });
    const startMs = performance.now();
    const topicData = [{ name: 'tail', topicId: '', partitionData: [{ index: 0, records }] }];
    await Promise.all([waiting, producer.ask(produce, 11, { acks: -1, timeoutMs: 1000, topicData })]);
    if (offset >= 500) latencies.push((performance.now() - startMs) * 1000);
  }
  latencies.sort((a, b) => a - b);
  const p99Us = latencies[Math.floor(latencies.length * 0.99)]!;
  row(
    print,
    'tailing consumer, produce to fetched',
    { answersPerSecond: 0, bytesPerSecond: 0, p50Us: median(latencies), p99Us },
    1,
  );
  producer.close();
  consumer.close();
}

function row(print: Print, what: string, { answersPerSecond, p50Us, p99Us }: Result, bytes: number): void {
  const rate = answersPerSecond === 0 ? '' : answersPerSecond;
  const mbPerSecond = bytes === 1 ? '' : (answersPerSecond * bytes) / 1e6;
  print({ what, 'requests/s': rate, 'MB/s': mbPerSecond, 'p50 us': p50Us, 'p99 us': p99Us });
}

async function connected(): Promise<Client> {
  for (let tries = 0; ; tries++) {
    try {
      return await client(port);
    } catch (error) {
      if (tries > 500) throw error;
      await new Promise((done) => setTimeout(done, 10));
    }
  }
}

async function make(admin: Client, name: string, numPartitions: number): Promise<void> {
  const topics = [{ name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }];
  await admin.ask(createTopics, 4, { topics, timeoutMs: 5000 });
  const asked = { topics: [{ name }], allowAutoTopicCreation: false };
  while ((await admin.ask(metadata, 7, asked)).topics[0]!.errorCode !== 0);
}
