/**
 * A long recording takes no more memory than a short one: it is read no further ahead than a block or two of what is played,
 * and nothing of what has been played is kept. Measured behind a collection of garbage, so what is counted is what is held.
 */
import { type Duplex, duplexPair } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { apiVersions, fetch, produce } from '../../lib/apis';
import { BlockWriter, beginOf, endOf } from '../../lib/capture/mrcap/block-writer';
import { readCapture } from '../../lib/capture/read-capture';
import { replay } from '../../lib/replay/replay';
import { answerBytes, frame, opened, requestBytes } from '../support/recordings';
import { batchOf } from '../support/services';
import { framed } from '../support/wire';

const mib = 1024 * 1024;
const blocks = 200;
const records = batchOf(['v'.repeat(64 * 1024)]);
/** A call of each kind in a block: one whose request is large, and one whose answer is. */
const blockMinBytes = 2 * records.length;

const writing = (id: number) =>
  requestBytes(
    produce,
    9,
    { acks: -1, timeoutMs: 0, topicData: [{ name: 't', partitionData: [{ index: 0, records }] }] },
    id,
  );
const written = (id: number) => {
  const partitionResponses = [{ index: 0, errorCode: 0, baseOffset: 0, logStartOffset: 0 }];
  return answerBytes(produce, 9, { responses: [{ name: 't', topicId: '', partitionResponses }] }, id);
};
const reading = (id: number) => {
  const topics = [{ topic: 't', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: mib }] }];
  return requestBytes(fetch, 12, { maxWaitMs: 0, minBytes: 0, topics }, id);
};
const read = (id: number) => {
  const row = { partitionIndex: 0, errorCode: 0, highWatermark: 1, abortedTransactions: null, records };
  return answerBytes(fetch, 12, { errorCode: 0, responses: [{ topic: 't', topicId: '', partitions: [row] }] }, id);
};

/** Says what was recorded, and keeps nothing. */
const target = {
  connect(): Duplex {
    const [client, server] = duplexPair();
    let rest: Buffer = Buffer.alloc(0);
    server.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const size = rest.readInt32BE(0);
        server.write(framed(said(rest.readInt16BE(4), rest.readInt32BE(8))));
        rest = rest.subarray(4 + size);
      }
    });
    server.on('end', () => server.end());
    return client;
  },
};

function said(apiKey: number, id: number): Buffer {
  if (apiKey === produce.key) return written(id);
  if (apiKey === fetch.key) return read(id);
  const apiKeys = [produce, fetch].map(({ key, versions }) => ({
    apiKey: key,
    minVersion: versions.from,
    maxVersion: versions.to,
  }));
  return answerBytes(apiVersions, 0, { errorCode: 0, apiKeys }, id);
}

/** A file that is made as it is read, and how much of it has been. */
class Made {
  bytes = 0;

  async *chunks(): AsyncGenerator<Buffer> {
    yield* this.given(beginOf({ by: 'spec' }));
    const writer = new BlockWriter(null);
    writer.add(opened(1));
    for (let i = 0; i < blocks; i++) {
      for (const [j, [asked, answered]] of [[writing, written] as const, [reading, read] as const].entries()) {
        writer.add(frame(1, 'client', asked(2 * i + j)));
        writer.add(frame(1, 'broker', answered(2 * i + j)));
      }
      yield* this.given(writer.take().chunks);
    }
    yield* this.given(endOf({}));
  }

  private *given(chunks: readonly Buffer[]): Generator<Buffer> {
    for (const chunk of chunks) {
      this.bytes += chunk.length;
      yield chunk;
    }
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is held now, in bytes. */
async function held(): Promise<number> {
  collect();
  // Memory of buffers is let go a little later.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** How much more is held at the end than after a quarter, and how far reading was ahead at most. */
async function measured<T>(made: Made, things: AsyncIterable<T>, bytesOf: (one: T) => number) {
  let [taken, ahead, quarter] = [0, 0, null as number | null];
  for await (const one of things) {
    ahead = Math.max(ahead, made.bytes - taken);
    taken += bytesOf(one);
    if (quarter === null && taken > (blocks * blockMinBytes) / 4) quarter = await held();
  }
  return { taken, ahead, grown: (await held()) - quarter! };
}

describe('memory of a long recording', function () {
  this.timeout(20_000);
  const whole = blocks * blockMinBytes;

  it('does not grow as it is read', async () => {
    const made = new Made();
    const events = readCapture(made.chunks());
    const { taken, ahead, grown } = await measured(made, events, (one) => (one.is === 'frame' ? one.bytes.length : 0));
    expect(taken).to.be.above(whole);
    expect(ahead).to.be.below(mib);
    expect(grown).to.be.below(whole / 4);
  });

  it('does not grow as it is played', async () => {
    const made = new Made();
    const run = replay(readCapture(made.chunks()), target);
    const { taken, ahead, grown } = await measured(
      made,
      run,
      ({ request, recorded }) => request.bytes.length + recorded!.bytes.length,
    );
    expect(run.tally.count('same')).to.equal(2 * blocks);
    expect(taken).to.be.above(whole);
    expect(ahead).to.be.below(mib);
    expect(grown).to.be.below(whole / 4);
  });
});
