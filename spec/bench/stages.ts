/**
 * What a stage costs: bursts of 100 requests over a duplex pair, through a pipeline with and without users' stages. The
 * handler does nothing, and there is no socket, so that the stages are most of what is left.
 */
import { duplexPair } from 'node:stream';
import { pino } from 'pino';
import { asyncScheduler, map } from 'rxjs';
import { loadConfig } from '../../lib/config';
import { around } from '../../lib/pipeline/around';
import { Connections } from '../../lib/pipeline/connections';
import { fromOperator } from '../../lib/pipeline/from-operator';
import { onReply } from '../../lib/pipeline/on-reply';
import { onRequest } from '../../lib/pipeline/on-request';
import type { Taps } from '../../lib/pipeline/seams';
import { echo, frame, shared } from '../support/pipeline';
import type { Print } from './bench';

const burst = 100;
const answerBytes = 16;
const rounds = 5;
const roundMs = 250;

export async function bench(print: Print): Promise<void> {
  const api = echo(1, 'pipelined', (n) => ({ n }));
  const other = echo(2, 'pipelined', (n) => ({ n }));
  const kinds: readonly (readonly [string, Taps, ((connections: Connections) => void)?])[] = [
    ['none', {}],
    [
      'one added and removed while it runs',
      {},
      ({ taps }) =>
        taps.add(
          'requests',
          onRequest('look', () => {}),
        )(),
    ],
    ['onRequest of another API', { requests: [onRequest(other, 'other', () => {})] }],
    ['onRequest that looks', { requests: [onRequest(api, 'look', () => {})] }],
    ['onRequest that changes', { requests: [onRequest(api, 'change', (body) => ({ ...body, n: 7 }))] }],
    ['onRequest with a promise', { requests: [onRequest(api, 'later', async () => {})] }],
    ['onReply that looks', { replies: [onReply(api, 'look', () => {})] }],
    ['around', { calls: [around(api, 'around', (_call, next) => next())] }],
    [
      'fromOperator(map)',
      {
        requests: [
          fromOperator(
            'same',
            map((item) => item),
          ),
        ],
      },
    ],
  ];
  const runs = await Promise.all(kinds.map(([what, taps, then]) => ({ what, ask: asker(taps, then), best: Infinity })));
  // In turns: on a shared machine the next minute may be another one.
  for (let round = 0; round < rounds; round++)
    for (const run of runs) run.best = Math.min(run.best, await nsPerRequest(run.ask));
  for (const { what, best } of runs) print({ stage: what, 'ns/request': best, more: best - runs[0]!.best });

  function asker(taps: Taps, then?: (connections: Connections) => void): () => Promise<void> {
    const logger = pino({ level: 'silent' });
    const services = { config: loadConfig({}), scheduler: asyncScheduler, logger, apis: new Map([[1, api]]) };
    const connections = new Connections(shared(services), taps);
    const [client, server] = duplexPair();
    connections.handle(server, 'PLAINTEXT');
    then?.(connections);
    const requests = Buffer.concat(Array.from({ length: burst }, () => frame(1, 1, 1)));
    let missing = 0;
    let answered = () => {};
    client.on('data', (chunk: Buffer) => {
      missing -= chunk.length;
      if (missing === 0) answered();
    });
    return () =>
      new Promise((resolve) => {
        missing = burst * answerBytes;
        answered = resolve;
        client.write(requests);
      });
  }
}

async function nsPerRequest(ask: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  let bursts = 0;
  for (; performance.now() - startMs < roundMs; bursts++) await ask();
  return ((performance.now() - startMs) * 1e6) / (bursts * burst);
}
