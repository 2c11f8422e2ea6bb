/**
 * Decoder: reads a frame's header, finds its API, and decodes its body.
 *
 * It is the only place that looks an API up. A frame that is not a request this broker can read ends its connection with
 * one line that says which field, at which byte, what was seen and what is allowed; Kafka's clients expect no answer to
 * one. ApiVersions is the exception: a version that is not served is answered, so that the client can try a lower one.
 *
 * Bytes behind the last field are ignored, as Kafka ignores them: librdkafka's Metadata 13 ends with fields of version 10.
 */
import { Hangup } from '../errors';
import type { Logger } from '../logger';
import { type Api, serves } from '../protocol/api';
import { DecodeError, Reader } from '../protocol/bytes';
import { type RequestHeader, readRequestHeader } from '../protocol/header';
import type { Frame, Reply, Request, Stage } from './seams';
import { stage } from './stage';

export interface DecoderOptions {
  /** Every API that is served, by key. */
  readonly apis: ReadonlyMap<number, Api>;
  readonly logger: Logger;
}

export function decoder({ apis, logger }: DecoderOptions): Stage<Frame, Request | Reply> {
  const isFlexible = (key: number, version: number) => apis.get(key)?.isFlexible(version) ?? false;
  return stage('decoder', 'objects to objects', (connection) => {
    const leftOver: LeftOver = (where, { position, remaining }) =>
      logger.debug(
        { connection: connection.id },
        `${where}: ${remaining} bytes left over at byte ${position} are ignored`,
      );
    return {
      each(frame, push, done) {
        let request: Request | Reply;
        try {
          request = decode(frame, apis, isFlexible, leftOver);
        } catch (error) {
          return done(error as Error);
        }
        push(request);
        done();
      },
    };
  });
}

/** Hears of a message that is shorter than its frame. */
type LeftOver = (where: string, reader: Reader) => void;

function decode(
  frame: Frame,
  apis: ReadonlyMap<number, Api>,
  isFlexible: (key: number, version: number) => boolean,
  leftOver: LeftOver,
): Request | Reply {
  const reader = new Reader(frame.bytes);
  let where = 'request header';
  try {
    const header = readRequestHeader(reader, isFlexible);
    const api = apis.get(header.apiKey);
    if (api === undefined) throw new Hangup(`unknown API key ${header.apiKey} (version ${header.apiVersion})`);
    const version = header.apiVersion;
    where = `${api.name} v${version}`;
    if (!serves(api, version)) return refuseVersion(frame, header, api);
    const body = api.requestCodec(version).read(reader);
    if (reader.remaining > 0) leftOver(where, reader);
    return { is: 'request', frame, header, api, version, body };
  } catch (error) {
    if (error instanceof DecodeError) throw new Hangup(`${where}: ${error.message}`);
    throw error;
  }
}

function refuseVersion(frame: Frame, header: RequestHeader, api: Api): Reply {
  const { from, to } = api.versions;
  const version = header.apiVersion;
  if (api.refuseVersion === undefined)
    throw new Hangup(`${api.name} v${version} is not served, only v${from} to v${to}`);
  const request: Request = { is: 'request', frame, header, api, version: 0, body: null };
  return { is: 'reply', request, body: api.refuseVersion() };
}
