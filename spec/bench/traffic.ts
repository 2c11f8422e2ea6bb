/**
 * traffic: how fast a recording is inspected, in MB/s, and what it takes of memory, by size of the requests.
 *
 * The recording is in memory and reads as 2 GB of Produce requests and their answers, so that pairing, counting and printing
 * are measured, and not what the file's format costs (`capture`).
 */
import { produce } from '../../lib/apis';
import type { CaptureEvent } from '../../lib/capture/event';
import { zeroUuid } from '../../lib/protocol/bytes';
import { type InspectOptions, inspect } from '../../lib/traffic/inspect';
import { answerBytes, frame, opened, requestBytes } from '../support/recordings';
import type { Print } from './bench';

const totalBytes = 2e9;

/** As many requests of a size as come to `bytes`, each answered. */
function* recording(recordBytes: number, bytes: number): Generator<CaptureEvent> {
  const version = 11;
  const records = Buffer.alloc(recordBytes, 7);
  const topicData = [{ name: 'orders', topicId: zeroUuid, partitionData: [{ index: 0, records }] }];
  const responses = [
    { name: 'orders', topicId: zeroUuid, partitionResponses: [{ index: 0, errorCode: 0, baseOffset: 5 }] },
  ];
  const request = requestBytes(produce, version, { acks: -1, timeoutMs: 1000, topicData });
  const answer = answerBytes(produce, version, { responses });
  yield opened(1);
  for (let i = 0; i < bytes / request.length; i++) {
    yield frame(1, 'client', request, i);
    yield frame(1, 'broker', answer, i + 0.5);
  }
}

async function* asStream<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

async function megabytesPerSecond(
  recordBytes: number,
  options: InspectOptions,
): Promise<{ rate: number; heapMb: number }> {
  let [heapMb, prints] = [0, 0];
  const print = async () => {
    if (prints++ % 1000 === 0) heapMb = Math.max(heapMb, process.memoryUsage().heapUsed / 1e6);
    return true;
  };
  const bytes = recordBytes > 100_000 ? totalBytes : totalBytes / 20;
  await inspect(asStream(recording(recordBytes, bytes / 20)), options, print);
  const startMs = performance.now();
  await inspect(asStream(recording(recordBytes, bytes)), options, print);
  return { rate: bytes / 1e6 / ((performance.now() - startMs) / 1000), heapMb };
}

export async function bench(print: Print): Promise<void> {
  const ways: readonly [string, InspectOptions][] = [
    ['figures', { stats: true }],
    ['list', {}],
    ['list, of a topic', { topic: ['payments'] }],
    ['JSON lines', { json: true }],
  ];
  for (const recordBytes of [1_000_000, 10_000, 200]) {
    for (const [way, options] of ways) {
      const { rate, heapMb } = await megabytesPerSecond(recordBytes, options);
      print({
        what: `requests of ${recordBytes.toLocaleString('en')} B: ${way}`,
        'MB/s': rate,
        'most heap MB': heapMb,
      });
    }
  }
}
