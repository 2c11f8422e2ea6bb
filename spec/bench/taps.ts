/**
 * What each ready-made tap costs: bursts of 100 Produce requests of ten 100-byte records over a duplex pair. The handler
 * answers without doing anything, so that the pipeline and the taps are all there is.
 */
import { duplexPair } from 'node:stream';
import { pino } from 'pino';
import { asyncScheduler } from 'rxjs';
import { produce } from '../../lib/apis/produce';
import { loadConfig } from '../../lib/config';
import { errors } from '../../lib/errors';
import { Connections } from '../../lib/pipeline/connections';
import { onRequest } from '../../lib/pipeline/on-request';
import { router } from '../../lib/pipeline/router';
import type { Taps } from '../../lib/pipeline/seams';
import { buildBatch } from '../../lib/records/build';
import { codecs } from '../../lib/records/compression';
import type { Services } from '../../lib/services';
import { accessLog, chaos, latency, mapRecords, mirror, rateLimit, refuse } from '../../lib/taps';
import { requestFrame } from '../support/wire';
import type { Print } from './bench';

const burst = 100;
const rounds = 5;
const roundMs = 250;
const noLimit = { requestsPerSecond: 1e9, produceBytesPerSecond: 1e12, fetchBytesPerSecond: 1e12 };

const answered = {
  responses: [{ name: 'a', topicId: '', partitionResponses: [{ index: 0, errorCode: 0, baseOffset: 1 }] }],
};
const api = { ...produce, handle: () => answered };

export async function bench(print: Print): Promise<void> {
  const upper = mapRecords({ produce: ({ value }) => ({ value: value!.toString('latin1').toUpperCase() }) });
  const kinds: readonly (readonly [string, Taps, (keyof typeof codecs)?])[] = [
    ['none', {}],
    ['an onRequest that looks', { requests: [onRequest(produce, 'look', () => {})] }],
    ['accessLog, to a function', accessLog({ to: () => {} })],
    ['latency', latency().taps],
    ['rateLimit, far from its limits', rateLimit(noLimit)],
    ['chaos that does nothing', chaos({ seed: 1, rules: [{ delay: 0 }] })],
    ['refuse, of other requests', refuse({ error: errors.POLICY_VIOLATION, when: () => false })],
    ['mirror, of other topics', mirror({ topics: ['b'], to: 'c' }).taps],
    ['mirror, off the ack path', mirror({ topics: ['a'], to: 'c' }).taps],
    ['mapRecords, of other topics', mapRecords({ topics: ['b'], produce: () => {} })],
    ['mapRecords that looks', mapRecords({ produce: () => {} })],
    ['mapRecords that changes', upper],
    ['none, gzip', {}, 'gzip'],
    ['mapRecords that looks, gzip', mapRecords({ produce: () => {} }), 'gzip'],
    ['mapRecords that changes, gzip', upper, 'gzip'],
  ];
  const runs = await Promise.all(
    kinds.map(async ([what, taps, codec = 'none']) => ({ what, ask: await asker(taps, codec), best: Infinity })),
  );
  // In turns: on a shared machine the next minute may be another one.
  for (let round = 0; round < rounds; round++)
    for (const run of runs) run.best = Math.min(run.best, await nsPerRequest(run.ask));
  for (const { what, best } of runs) {
    const bare = runs.find((run) => run.what === (what.endsWith('gzip') ? 'none, gzip' : 'none'))!;
    print({ tap: what, 'ns/request': best, more: best - bare.best });
  }
}

async function asker(taps: Taps, codec: keyof typeof codecs): Promise<() => Promise<void>> {
  const logger = pino({ level: 'silent' });
  const shared = { config: loadConfig({}), scheduler: asyncScheduler, logger, apis: new Map([[api.key, api]]) };
  const connections = new Connections({ ...shared, router: router(shared as Partial<Services> as Services) }, taps);
  const [client, server] = duplexPair();
  connections.handle(server, 'PLAINTEXT');
  const records = buildBatch(
    Array.from({ length: 10 }, (_, i) => ({ value: `${i} `.repeat(50) })),
    { codec: codecs[codec], timestamp: 1_700_000_000_000 },
  );
  const body = { acks: -1, timeoutMs: 1000, topicData: [{ name: 'a', partitionData: [{ index: 0, records }] }] };
  const request = requestFrame(produce, 9, body);
  const requests = Buffer.concat(Array.from({ length: burst }, () => request));
  let answerBytes = 0;
  let missing = 0;
  let done = () => {};
  client.on('data', (chunk: Buffer) => {
    if (answerBytes === 0) answerBytes = 4 + chunk.readInt32BE(0);
    missing -= chunk.length;
    if (missing <= 0) done();
  });
  const ask = (bytes: Buffer, answers: number) =>
    new Promise<void>((resolve) => {
      missing = answers * (answerBytes || 1);
      done = resolve;
      client.write(bytes);
    });
  await ask(request, 1);
  return () => ask(requests, burst);
}

async function nsPerRequest(ask: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  let bursts = 0;
  for (; performance.now() - startMs < roundMs; bursts++) await ask();
  return ((performance.now() - startMs) * 1e6) / (bursts * burst);
}
