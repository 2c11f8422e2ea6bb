/**
 * Forwarder: stands in the place of Router and Handler's services. Whoever answers a call is an upstream broker, over a
 * connection of the client's own.
 *
 * A request goes out as soon as its turn is there, whatever is not answered yet. What always holds: bytes that no tap has
 * changed pass as they came, in both directions.
 */
import { Hangup } from '../errors';
import type { LiveConnection } from '../pipeline/connection';
import type { Call, Reply, Request, Stage } from '../pipeline/seams';
import { stage } from '../pipeline/stage';
import { Answer } from '../protocol/api';
import { DecodeError, Reader, Writer } from '../protocol/bytes';
import { framed } from '../protocol/framed';
import { readResponseHeader, writeRequestHeader } from '../protocol/header';
import type { Answered, Upstream } from './upstream';

/** Makes of an answer of the upstream what clients of the proxy are told; gives the very body where that is the same. */
export type Change = (body: object, request: Request) => object | Promise<object>;

export interface ForwarderOptions {
  /** Opens the way to the upstream for a client; `left` is to be called when the upstream has ended it for no reason. */
  open(connection: LiveConnection, left: () => void): Upstream;
  /** By API key. */
  readonly changes: ReadonlyMap<number, Change>;
  /** Version in which an answer is written, from its first bytes behind the header. */
  versionOf(request: Request, answer: Buffer): number;
}

export function forwarder({ open, changes, versionOf }: ForwarderOptions): Stage<Request | Reply, Call | Reply> {
  const writer = new Writer();
  return stage('router', 'objects to objects', (connection, hangUp) => {
    let upstream: Upstream | null = null;

    const opened = (): Upstream => {
      const way = open(connection, () => hangUp(null));
      connection.hold(() => way.close());
      return way;
    };

    const forward = async (request: Request, body: unknown): Promise<Answer<never> | null> => {
      upstream ??= opened();
      const chunks = written(writer, request, body);
      const { api, header } = request;
      if (api.isAnswered !== undefined && !api.isAnswered(body as never)) {
        await upstream.tell(chunks);
        return null;
      }
      const answer = await upstream.ask(`${api.name} v${request.version}`, header.correlationId, chunks);
      const given = read(request, answer, versionOf);
      const change = changes.get(api.key);
      return new Answer((change === undefined ? given : await change(given, request)) as never, answer.release);
    };

    return {
      each(item, push, done) {
        push(
          item.is === 'reply'
            ? item
            : { is: 'call', request: item, answer: (changed = item.body) => forward(item, changed) },
        );
        done();
      },
    };
  });
}

function written(writer: Writer, { api, header, version }: Request, body: unknown): Buffer[] {
  return framed(writer, () => {
    writeRequestHeader(writer, { ...header, apiVersion: version }, api.isFlexible(version));
    api.requestCodec(version).write(writer, body as never);
  });
}

function read(request: Request, { bytes }: Answered, versionOf: ForwarderOptions['versionOf']): object {
  const { api } = request;
  // An upstream is trusted with the number of elements: its cluster may be larger than what a client may ask for.
  const reader = new Reader(bytes, 0, bytes.length, Number.POSITIVE_INFINITY);
  try {
    readResponseHeader(reader, api.responseHeader(request.version));
    return api.responseCodec(versionOf(request, bytes.subarray(reader.position))).read(reader);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new Hangup(`the upstream's answer to ${api.name} v${request.version}: ${error.message}`);
  }
}
