/**
 * The load that bench programs put on a broker: frames that are built once, sent again and again in a closed loop.
 */
import { connect, type Socket } from 'node:net';
import type { Api } from '../../lib/protocol/api';
import { Writer } from '../../lib/protocol/bytes';
import { writeRequestHeader } from '../../lib/protocol/header';
import type { Draft, Schema } from '../../lib/protocol/schema';

const writer = new Writer();

export function frameOf<Q extends Schema, R extends Schema>(api: Api<Q, R>, version: number, body: Draft<Q>): Buffer {
  writer.int32(0);
  const header = { apiKey: api.key, apiVersion: version, correlationId: 1, clientId: 'bench' };
  writeRequestHeader(writer, header, api.isFlexible(version));
  api.requestCodec(version).write(writer, body);
  const frame = writer.takeBuffer();
  frame.writeInt32BE(frame.length - 4, 0);
  return frame;
}

export interface Load {
  readonly port: number;
  /** The frame that connection `i` sends again and again. */
  readonly frame: (i: number) => Buffer;
  readonly connections: number;
  readonly window: number;
  readonly seconds: number;
}

export interface Result {
  readonly answersPerSecond: number;
  readonly bytesPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** Keeps `window` requests in flight on each connection; latencies are of every request, in order of answers. */
export function drive({ port, frame, connections, window, seconds }: Load): Promise<Result> {
  return new Promise((done) => {
    let answers = 0;
    let bytes = 0;
    let open = connections;
    const latencies: number[] = [];
    const endMs = performance.now() + seconds * 1000;
    for (let i = 0; i < connections; i++) {
      const one = frame(i);
      const sent: number[] = [];
      /** Bytes left of the answer being received, and what there is of the next one's length. */
      let left = 0;
      let head = Buffer.alloc(0);
      const socket: Socket = connect(port, '127.0.0.1', () => send(window));
      socket.setNoDelay(true);
      const send = (n: number) => {
        const now = performance.now();
        for (let k = 0; k < n; k++) sent.push(now);
        if (n === 1 || one.length > 10_000) for (let k = 0; k < n; k++) socket.write(one);
        else socket.write(Buffer.concat(Array(n).fill(one)));
      };
      socket.on('data', (chunk) => {
        bytes += chunk.length;
        let at = 0;
        let n = 0;
        while (at < chunk.length) {
          if (left === 0) {
            const missing = 4 - head.length;
            head = Buffer.concat([head, chunk.subarray(at, at + missing)]);
            at = Math.min(chunk.length, at + missing);
            if (head.length < 4) break;
            left = head.readInt32BE(0);
            head = Buffer.alloc(0);
          }
          const taken = Math.min(left, chunk.length - at);
          at += taken;
          left -= taken;
          if (left === 0) n++;
        }
        if (n === 0) return;
        const now = performance.now();
        for (let k = 0; k < n; k++) latencies.push((now - sent.shift()!) * 1000);
        answers += n;
        if (now > endMs) socket.destroy();
        else send(n);
      });
      socket.on('close', () => {
        if (--open > 0) return;
        latencies.sort((a, b) => a - b);
        const at = (part: number) => latencies[Math.floor(latencies.length * part)] ?? Number.NaN;
        done({ answersPerSecond: answers / seconds, bytesPerSecond: bytes / seconds, p50Us: at(0.5), p99Us: at(0.99) });
      });
    }
  });
}
