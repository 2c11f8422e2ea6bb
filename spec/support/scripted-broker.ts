/**
 * A broker that answers as a spec says, in this process: for replays that need one which is slow, late, silent or wrong.
 */
import { type Duplex, duplexPair } from 'node:stream';
import { apiVersions, heartbeat } from '../../lib/apis';
import { Reader } from '../../lib/protocol/bytes';
import type { Exchange } from '../../lib/protocol/exchange';
import { answerBytes } from './recordings';
import { framed } from './wire';

export interface Heard {
  readonly connection: number;
  readonly apiKey: number;
  readonly correlationId: number;
  /** The whole frame. */
  readonly bytes: Buffer;
}

/** What to answer: a frame without its length, null for nothing, `hang up` for the end of the connection. */
type Script = (heard: Heard) => Buffer | null | 'hang up' | Promise<Buffer | null>;

export class ScriptedBroker {
  /** Requests in the order in which they came, without those that ask what is served. */
  readonly heard: Heard[] = [];
  private readonly script: Script;
  private readonly exchanges: readonly Exchange[];
  private connections = 0;

  /** @param exchanges what it says that it serves, ApiVersions besides */
  constructor(script: Script, exchanges: readonly Exchange[] = [heartbeat]) {
    this.script = script;
    this.exchanges = exchanges;
  }

  connect(): Duplex {
    const [client, server] = duplexPair();
    const connection = ++this.connections;
    let rest = Buffer.alloc(0);
    server.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
        const bytes = Buffer.from(rest.subarray(4, 4 + rest.readInt32BE(0)));
        rest = rest.subarray(4 + bytes.length);
        void this.answer(server, connection, bytes);
      }
    });
    server.on('end', () => server.end());
    return client;
  }

  private async answer(server: Duplex, connection: number, bytes: Buffer): Promise<void> {
    const reader = new Reader(bytes);
    const apiKey = reader.int16();
    reader.int16();
    const heard = { connection, apiKey, correlationId: reader.int32(), bytes };
    if (apiKey === apiVersions.key) return void server.write(framed(served(heard.correlationId, this.exchanges)));
    this.heard.push(heard);
    const made = await this.script(heard);
    if (made === 'hang up') server.end();
    else if (made !== null) server.write(framed(made));
  }
}

function served(correlationId: number, exchanges: readonly Exchange[]): Buffer {
  const apiKeys = [apiVersions, ...exchanges].map(({ key, versions }) => ({
    apiKey: key,
    minVersion: versions.from,
    maxVersion: versions.to,
  }));
  return answerBytes(apiVersions, 0, { errorCode: 0, apiKeys }, correlationId);
}

/** A heartbeat's answer. */
export function beat(correlationId: number, errorCode = 0): Buffer {
  return answerBytes(heartbeat, 4, { errorCode }, correlationId);
}
