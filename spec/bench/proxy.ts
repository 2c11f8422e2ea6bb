/**
 * What a proxy costs: the same load on a broker directly, and through a proxy in a process of its own; with no tap, with
 * one that looks at every request, and with `tenantPrefix`, which renames in every one of them. Small requests are bound by
 * what each process does with one; 1 MB batches and fetches by how often bytes are read and written.
 *
 * Broker, proxy and load share two cores, so that the proxy takes from the broker what it needs itself; the CPU time that it
 * uses for a request says more than the rates do.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createTopics, fetch, metadata, produce } from '../../lib/apis';
import { buildBatch } from '../../lib/records/build';
import type { Print } from './bench';
import { BrokerProcess, cpuMsOf } from './broker-process';
import { client } from './client';
import { drive, frameOf } from './load';

const port = 28941;
const seconds = 1.5;
const lib = resolve(__dirname, '../../dist/lib');
const taps: Readonly<Record<string, string>> = {
  'through a proxy': '{}',
  'with a tap that looks': "{ requests: [lib.onRequest('look', () => {})] }",
  'with tenantPrefix': "lib.taps.tenantPrefix({ prefix: 'a-' })",
};

/** A proxy as a process, which says its port. */
async function startProxy(given: string): Promise<{ process: ChildProcess; port: number }> {
  const program = `const lib = require(${JSON.stringify(lib)});
    const proxy = lib.createProxy({ upstream: '127.0.0.1:${port}', taps: ${given} });
    proxy.listen().then(({ port }) => console.log(port));`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout! })) return { process: child, port: Number(line) };
  throw new Error('the proxy said no port');
}

export async function bench(print: Print): Promise<void> {
  const broker = await BrokerProcess.start(port);
  try {
    await measure(print, 'directly', port, [() => broker.cpuMs, () => 0]);
    for (const [what, given] of Object.entries(taps)) {
      const proxy = await startProxy(given);
      try {
        await measure(print, what, proxy.port, [() => broker.cpuMs, () => cpuMsOf(proxy.process)]);
      } finally {
        proxy.process.kill();
      }
    }
  } finally {
    await broker.stop();
  }
}

/** @param clocks CPU time that the broker and the proxy have used so far */
async function measure(print: Print, what: string, at: number, clocks: readonly (() => number)[]): Promise<void> {
  const admin = await client(at);
  const topics = ['small', 'large'].map((name) => ({
    name,
    numPartitions: 1,
    replicationFactor: 1,
    assignments: [],
    configs: [],
  }));
  await admin.ask(createTopics, 4, { topics, timeoutMs: 5000 });
  const asked = { topics: topics.map(({ name }) => ({ name })), allowAutoTopicCreation: false };
  while ((await admin.ask(metadata, 7, asked)).topics.some(({ errorCode }) => errorCode !== 0));
  admin.close();

  const small = produceFrame('small', batchOf(1, 100));
  const large = produceFrame('large', batchOf(1000, 1024));
  const metadataFrame = frameOf(metadata, 12, asked as never);
  for (const [load, frame, connections, window] of [
    ['Metadata, 1 x 1', metadataFrame, 1, 1],
    ['Metadata, 1 x 100', metadataFrame, 1, 100],
    ['produce 100 B, 1 x 1', small, 1, 1],
    ['produce 100 B, 10 x 1', small, 10, 1],
    ['produce 100 B, 1 x 100', small, 1, 100],
    ['produce 1 MB, 1 x 2', large, 1, 2],
    ['fetch 1 MiB, 1 x 1', fetchFrame('large', 1 << 20), 1, 1],
  ] as const) {
    const driven = { port: at, frame: () => frame, connections, window };
    await drive({ ...driven, seconds: 0.7 });
    const before = clocks.map((cpuMs) => cpuMs());
    const { answersPerSecond, bytesPerSecond, p50Us, p99Us } = await drive({ ...driven, seconds });
    const [brokerUs, proxyUs] = clocks.map(
      (cpuMs, i) => ((cpuMs() - before[i]!) * 1000) / (answersPerSecond * seconds),
    );
    const bytes = Math.max(bytesPerSecond, answersPerSecond * frame.length);
    print({
      what: `${load} ${what}`,
      ...{ 'requests/s': answersPerSecond, 'MB/s': bytes / 1e6, 'p50 us': p50Us, 'p99 us': p99Us },
      ...{ 'broker CPU us': brokerUs!, 'proxy CPU us': proxyUs! },
    });
  }
}

function produceFrame(name: string, records: Buffer): Buffer {
  const topicData = [{ name, topicId: '', partitionData: [{ index: 0, records }] }];
  return frameOf(produce, 11, { acks: -1, timeoutMs: 30_000, topicData });
}

function fetchFrame(topic: string, maxBytes: number): Buffer {
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: maxBytes }];
  return frameOf(fetch, 11, { maxWaitMs: 0, minBytes: 1, maxBytes, topics: [{ topic, topicId: '', partitions }] });
}

function batchOf(count: number, size: number): Buffer {
  const records = Array.from({ length: count }, () => ({ value: Buffer.alloc(size, 'v') }));
  return buildBatch(records, { timestamp: 1_700_000_000_000 });
}
