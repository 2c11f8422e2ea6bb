/**
 * What recording costs a broker, and how fast recordings are read.
 *
 * The cost is CPU time for each answer, with and without a recording, in turns: on a machine that others use as well, it
 * says more than answers a second. That of the pipeline's thread is what bounds a broker where there is a core for the
 * recording; that of the whole process is what bounds it where there is none. The recording goes to the same disk as the
 * broker's logs.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTopics, fetch, produce } from '../../lib/apis';
import type { ReadCaptureOptions } from '../../lib/capture/event';
import { BlockWriter, beginOf } from '../../lib/capture/mrcap/block-writer';
import { readCapture } from '../../lib/capture/read-capture';
import { Redactor } from '../../lib/capture/redact/redactor';
import { secretKinds } from '../../lib/capture/redact/secrets';
import { buildBatch } from '../../lib/records/build';
import { inChunks } from '../support/captured';
import { packet, pcap } from '../support/crafted-pcap';
import { median, nanoseconds, type Print } from './bench';
import { BrokerProcess } from './broker-process';
import { drive, frameOf } from './load';

const port = 28940;
const rounds = 5;

const producing = (records: Buffer, partition = 0) =>
  frameOf(produce, 11, {
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ name: 'bench', topicId: '', partitionData: [{ index: partition, records }] }],
  });

const fetching = (partition: number) =>
  frameOf(fetch, 11, {
    maxWaitMs: 0,
    minBytes: 1,
    maxBytes: 1 << 20,
    topics: [{ topic: 'bench', topicId: '', partitions: [{ partition, fetchOffset: 0, partitionMaxBytes: 1 << 20 }] }],
  });

const batchOf = (count: number, size: number) =>
  buildBatch(
    Array.from({ length: count }, () => ({ key: 'key', value: Buffer.alloc(size, 'v') })),
    { timestamp: Date.now() },
  );

const small = batchOf(1, 100);
const manyRecords = batchOf(9000, 100);
const fewRecords = batchOf(1000, 1024);

export async function bench(print: Print): Promise<void> {
  await cost(print);
  await reading(print);
}

async function cost(print: Print): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const recording = (name: string, ...more: string[]) => ['--capture', join(dir, `${name}.mrcap`), ...more];
  const kinds = [
    ['off', []],
    ['redacted', recording('redacted')],
    ['as it is', recording('whole', '--capture-keep', 'values,sasl,configs')],
  ] as const;
  const brokers: BrokerProcess[] = [];
  try {
    for (const [i, [, args]] of kinds.entries()) brokers.push(await BrokerProcess.start(port + i, args));
    for (const broker of brokers) {
      const admin = await broker.connect();
      await admin.ask(createTopics, 5, {
        topics: [{ name: 'bench', numPartitions: 12, replicationFactor: 1, assignments: [], configs: [] }],
        timeoutMs: 10_000,
        validateOnly: false,
      });
      admin.close();
    }
    for (const [what, frame, connections, window] of [
      ['produce 100 B, 10 x 1', (i: number) => producing(small, i % 10), 10, 1],
      ['produce 100 B, 1 x 100', () => producing(small), 1, 100],
      ['produce 1 MB of 1 KB records, 1 x 2', () => producing(fewRecords, 10), 1, 2],
      ['produce 1 MB of 100 B records, 1 x 2', () => producing(manyRecords, 11), 1, 2],
      ['fetch 1 MiB of 1 KB records, 1 x 1', () => fetching(10), 1, 1],
      ['fetch 1 MiB of 100 B records, 1 x 1', () => fetching(11), 1, 1],
      ['fetch 1 MiB of batches of one 100 B record, 1 x 1', () => fetching(0), 1, 1],
    ] as const) {
      const perAnswer = brokers.map((): number[] => []);
      const ofThread = brokers.map((): number[] => []);
      const perSecond = brokers.map((): number[] => []);
      for (let round = 0; round <= rounds; round++)
        for (const [i, broker] of brokers.entries()) {
          const before = broker.cpuMs;
          const threadBefore = broker.threadCpuMs;
          const seconds = 1;
          const { answersPerSecond } = await drive({ port: port + i, frame, connections, window, seconds });
          if (round === 0) continue;
          const usPer = (ms: number) => (ms * 1000) / (answersPerSecond * seconds);
          perAnswer[i]!.push(usPer(broker.cpuMs - before));
          ofThread[i]!.push(usPer(broker.threadCpuMs - threadBefore));
          perSecond[i]!.push(answersPerSecond);
        }
      const off = [median(ofThread[0]!), median(perAnswer[0]!)] as const;
      for (const [i, [kind]] of kinds.entries()) {
        const us = [median(ofThread[i]!), median(perAnswer[i]!)] as const;
        print({
          what: `${what}: ${kind}`,
          'thread us/answer': us[0],
          'more %': (us[0] / off[0] - 1) * 100,
          'process us/answer': us[1],
          'more % ': (us[1] / off[1] - 1) * 100,
          'answers/s': median(perSecond[i]!),
        });
      }
    }
  } finally {
    for (const broker of brokers) await broker.stop();
    rmSync(dir, { recursive: true });
  }
}

async function reading(print: Print): Promise<void> {
  const frame = producing(fewRecords);
  const count = 100;
  for (const segmentBytes of [1448, 65_483]) {
    const stream = Buffer.concat(Array.from({ length: count }, () => frame));
    const packets = [packet({ flags: 'S', seq: 0 })];
    for (let at = 0; at < stream.length; at += segmentBytes)
      packets.push(packet({ seq: 1 + at, payload: stream.subarray(at, at + segmentBytes) }));
    await measured(print, `import pcap, 1 MB produces in packets of ${segmentBytes} B`, pcap(packets), count);
  }
  for (const redactor of [null, new Redactor(secretKinds)]) {
    const writer = new BlockWriter(null);
    const chunks = beginOf({});
    for (let i = 0; i < count; i++) {
      const bytes = frame.subarray(4);
      const redacted = redactor?.request(bytes);
      const isParts = redacted?.is === 'parts';
      writer.addFrame({ connection: 1, from: 'client', chunks: [isParts ? redacted.parts : bytes], isParts }, i);
      chunks.push(...writer.take().chunks);
    }
    const what = redactor === null ? 'as they are' : 'redacted';
    await measured(print, `read .mrcap, 1 MB produces ${what} (MB/s of frames)`, Buffer.concat(chunks), count);
  }
  const redactor = new Redactor(secretKinds);
  for (const [what, records] of [
    ['100 B', small],
    ['1 MB of 1 KB records', fewRecords],
    ['1 MB of 100 B records', manyRecords],
  ] as const) {
    const bytes = producing(records).subarray(4);
    const us = nanoseconds(() => redactor.request(bytes)) / 1000;
    print({ what: `redact a produce of ${what}`, 'process us/answer': us, 'answers/s': 1e6 / us });
  }

  await passingOver(print);

  async function measured(say: Print, what: string, file: Buffer, frames: number): Promise<void> {
    const figures: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const startMs = performance.now();
      let bytes = 0;
      let seen = 0;
      for await (const event of readCapture(inChunks(file)))
        if (event.is === 'frame') {
          bytes += event.bytes.length;
          seen++;
        }
      if (seen !== frames) throw new Error(`${what}: ${seen} frames of ${frames}`);
      figures.push(bytes / 1000 / (performance.now() - startMs));
    }
    say({ what, 'answers/s': `${Math.round(median(figures))} MB/s` });
  }
}

/** One connection of a hundred, in a file: all of it read and the others' frames left out, and only its own blocks read. */
async function passingOver(print: Print): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    const file = join(dir, 'x.mrcap');
    const writer = new BlockWriter(null);
    const chunks = beginOf({});
    const bytes = producing(fewRecords).subarray(4, 4 + 256 * 1024);
    for (let i = 0; i < 1000; i++) {
      writer.addFrame({ connection: 1 + (i % 100), from: 'client', chunks: [bytes], isParts: false }, i);
      chunks.push(...writer.take().chunks);
    }
    writeFileSync(file, Buffer.concat(chunks));
    const medianMs = async (options: ReadCaptureOptions) => {
      const figures: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const startMs = performance.now();
        let seen = 0;
        for await (const event of readCapture(file, options))
          if (event.is === 'frame' && event.connection === 7) seen++;
        if (seen !== 10) throw new Error(`${seen} frames of 10`);
        figures.push(performance.now() - startMs);
      }
      return median(figures);
    };
    const [all, own] = [await medianMs({}), await medianMs({ connection: 7 })];
    for (const [what, ms] of [
      ['all of it', all],
      ['its blocks', own],
    ] as const)
      print({
        what: `read 1 connection of 100 in a .mrcap of 256 MB: ${what} (ms; times as fast)`,
        'CPU us/answer': '',
        'more %': '',
        'answers/s': `${ms.toFixed(1)} ms; ${(all / ms).toFixed(1)}`,
      });
  } finally {
    rmSync(dir, { recursive: true });
  }
}
