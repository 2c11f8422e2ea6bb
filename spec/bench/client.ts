/** A small client for bench programs: one request at a time over one socket, written with the broker's own codecs. */
import { connect } from 'node:net';
import type { Api } from '../../lib/protocol/api';
import { Reader, Writer } from '../../lib/protocol/bytes';
import { readResponseHeader, writeRequestHeader } from '../../lib/protocol/header';
import type { Draft, Infer, Schema } from '../../lib/protocol/schema';

export interface Client {
  ask<Q extends Schema, R extends Schema>(api: Api<Q, R>, version: number, body: Draft<Q>): Promise<Infer<R>>;
  close(): void;
}

/** Connects to a broker on this machine; rejects where nobody listens. */
export function client(port: number): Promise<Client> {
  const writer = new Writer();
  let received = Buffer.alloc(0);
  let take: ((frame: Buffer) => void) | null = null;
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.off('error', reject);
      resolve({ ask, close: () => socket.destroy() });
    });
    socket.once('error', reject);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (received.length < 4 || received.length < 4 + received.readInt32BE(0)) return;
      const frame = received.subarray(4, 4 + received.readInt32BE(0));
      received = received.subarray(4 + frame.length);
      take?.(frame);
    });
    const ask = <Q extends Schema, R extends Schema>(api: Api<Q, R>, version: number, body: Draft<Q>) => {
      writer.int32(0);
      writeRequestHeader(
        writer,
        { apiKey: api.key, apiVersion: version, correlationId: 1, clientId: 'bench' },
        api.isFlexible(version),
      );
      api.requestCodec(version).write(writer, body);
      const frame = writer.takeBuffer();
      frame.writeInt32BE(frame.length - 4, 0);
      socket.write(frame);
      return new Promise<Infer<R>>((answered) => {
        take = (bytes) => {
          const reader = new Reader(bytes);
          readResponseHeader(reader, api.responseHeader(version));
          answered(api.responseCodec(version).read(reader));
        };
      });
    };
  });
}
