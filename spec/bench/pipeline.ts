/**
 * The pipeline alone: small pipelined requests over loopback through all five stages to a handler that does nothing.
 *
 * The client runs on a thread of its own and keeps a window of requests in flight per connection, written in bursts.
 * To compare with: five bare transforms with the output corked per read, one object per chunk, moved 1.19 to 1.38
 * million requests a second (100 bytes, window 100) on the machine where that was measured; see README.md.
 */
import { createServer } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import pino from 'pino';
import type { Print } from './bench';

interface Load {
  readonly port: number;
  readonly connections: number;
  readonly window: number;
  readonly seconds: number;
}

if (!isMainThread && workerData?.load !== undefined) client(workerData.load as Load);

function client({ port, connections, window, seconds }: Load): void {
  const { connect } = require('node:net') as typeof import('node:net');
  const frame = Buffer.alloc(104);
  frame.writeInt32BE(100, 0);
  frame.writeInt16BE(1000, 4);
  frame.writeInt16BE(-1, 12);
  frame.writeInt32BE(104 - 22, 18);
  const answerBytes = 4 + 4 + 4;
  let answers = 0;
  const endMs = performance.now() + seconds * 1000;
  let open = connections;
  for (let i = 0; i < connections; i++) {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.concat(Array(window).fill(frame))));
    socket.setNoDelay(true);
    let partial = 0;
    socket.on('data', (chunk) => {
      const bytes = partial + chunk.length;
      const n = Math.floor(bytes / answerBytes);
      partial = bytes % answerBytes;
      answers += n;
      if (performance.now() > endMs) socket.destroy();
      else if (n > 0) socket.write(n === 1 ? frame : Buffer.concat(Array(n).fill(frame)));
    });
    socket.on('close', () => {
      if (--open === 0) parentPort!.postMessage(answers / seconds);
    });
  }
}

function load(options: Load): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(`require('ts-node/register'); require(${JSON.stringify(__filename)})`, {
      eval: true,
      workerData: { load: options },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

export async function bench(print: Print): Promise<void> {
  const { defineApi } = require('../../lib/protocol/api') as typeof import('../../lib/protocol/api');
  const { Writer } = require('../../lib/protocol/bytes') as typeof import('../../lib/protocol/bytes');
  const { bytes, int32 } = require('../../lib/protocol/schema') as typeof import('../../lib/protocol/schema');
  const { assemble, stagesOf } = require('../../lib/pipeline/assemble') as typeof import('../../lib/pipeline/assemble');
  const { Budget } = require('../../lib/pipeline/budget') as typeof import('../../lib/pipeline/budget');
  const { LiveConnection } = require('../../lib/pipeline/connection') as typeof import('../../lib/pipeline/connection');
  const { framer } = require('../../lib/pipeline/framer') as typeof import('../../lib/pipeline/framer');
  const { decoder } = require('../../lib/pipeline/decoder') as typeof import('../../lib/pipeline/decoder');
  const { router } = require('../../lib/pipeline/router') as typeof import('../../lib/pipeline/router');
  const { handler } = require('../../lib/pipeline/handler') as typeof import('../../lib/pipeline/handler');
  const { encoder } = require('../../lib/pipeline/encoder') as typeof import('../../lib/pipeline/encoder');

  const echo = (order: 'exclusive' | 'pipelined', answer: () => { n: number } | Promise<{ n: number }>) =>
    defineApi({
      key: 1000,
      name: 'Echo',
      versions: '0',
      flexible: 'none',
      order,
      request: { a: int32(), payload: bytes() },
      response: { n: int32() },
      refuse: () => ({ n: -1 }),
      handle: answer,
    });
  const kinds = [
    ['answers at once', echo('exclusive', () => ({ n: 1 }))],
    ['pipelined, a promise each', echo('pipelined', () => Promise.resolve({ n: 1 }))],
  ] as const;
  for (const [what, api] of kinds) {
    for (const [connections, window] of [
      [1, 1],
      [1, 100],
      [10, 1],
      [100, 1],
    ] as const) {
      const budget = new Budget(1e8);
      const stages = stagesOf(
        {
          framer: framer({ maxBytes: 1e8, now: Date.now }),
          decoder: decoder({ apis: new Map([[api.key, api as never]]), logger: pino({ level: 'silent' }) }),
          router: router({} as never),
          handler: handler({ maxInFlight: 500, logger: pino({ level: 'silent' }) }),
          encoder: encoder({ writer: new Writer(), logger: pino({ level: 'silent' }), passesLent: true }),
        },
        {},
      );
      let id = 0;
      const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
        const connection = new LiveConnection({
          id: ++id,
          listener: 'B',
          remoteAddress: '',
          budget,
          maxQueuedBytes: 1e7,
        });
        assemble(socket, connection, stages, () => {});
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
      const { port } = server.address() as { port: number };
      await load({ port, connections, window, seconds: 0.7 });
      const rate = await load({ port, connections, window, seconds: 2 });
      print({ what: `${what}, ${connections} x ${window} in flight`, 'requests/s': rate });
      server.close();
    }
  }
}
