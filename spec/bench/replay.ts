/**
 * replay: how fast a recording is played to a broker of this process, and its answers held against the recorded ones.
 *
 * The recording is generated as it is read, so that the format of a file costs nothing; the broker is in
 * this process and reached without a socket, so its own work is in the figures. "at once" has 32 requests in flight, as
 * recorded; else each waits for the one before.
 */
import { produce } from '../../lib/apis';
import type { CaptureEvent } from '../../lib/capture/event';
import { createBroker } from '../../lib/embedded/create-broker';
import { buildBatch } from '../../lib/records/build';
import { replay } from '../../lib/replay/replay';
import { answerBytes, frame, opened, requestBytes } from '../support/recordings';
import { median, type Print } from './bench';

const rounds = 3;
const inFlight = 32;

/** Produces of one record each, and the answers that a broker gives on an empty log. */
function* recording(count: number, valueBytes: number, window: number): Generator<CaptureEvent> {
  const version = 11;
  const records = buildBatch([{ key: 'key', value: Buffer.alloc(valueBytes, 'v') }], { timestamp: Date.now() });
  const topicData = [{ name: 'bench', topicId: '', partitionData: [{ index: 0, records }] }];
  yield opened(1);
  for (let first = 0; first < count; first += window) {
    for (let i = first; i < first + window; i++)
      yield frame(1, 'client', requestBytes(produce, version, { acks: -1, timeoutMs: 30_000, topicData }, i), first);
    for (let i = first; i < first + window; i++) yield frame(1, 'broker', answer(version, i), first + 1);
  }
}

function answer(version: number, i: number): Buffer {
  const partitionResponses = [{ index: 0, errorCode: 0, baseOffset: i, logAppendTimeMs: -1, logStartOffset: 0 }];
  return answerBytes(produce, version, { responses: [{ name: 'bench', topicId: '', partitionResponses }] }, i);
}

export async function bench(print: Print): Promise<void> {
  for (const [valueBytes, count] of [
    [100, 1600],
    [100_000, 320],
  ] as const)
    for (const window of [1, inFlight]) {
      const seconds: number[] = [];
      for (let round = 0; round <= rounds; round++) {
        const tookMs = await played(count, valueBytes, window);
        if (round > 0) seconds.push(tookMs / 1000);
      }
      const took = median(seconds);
      print({
        what: `produce ${valueBytes.toLocaleString('en')} B, ${window === 1 ? 'one after another' : `${window} at once`}`,
        'requests/s': count / took,
        'MB/s': (count * valueBytes) / 1e6 / took,
      });
    }
}

/** In ms, to a broker of its own. */
async function played(count: number, valueBytes: number, window: number): Promise<number> {
  const broker = await createBroker({ topics: ['bench'] });
  try {
    const startMs = performance.now();
    const tally = await replay(recording(count, valueBytes, window), broker).run();
    const tookMs = performance.now() - startMs;
    if (tally.differences > 0 || tally.compared !== count)
      throw new Error(`${tally.differences} differences in ${tally.compared} answers of ${count}`);
    return tookMs;
  } finally {
    await broker.close();
  }
}
