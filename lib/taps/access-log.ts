/**
 * `accessLog`: one line for each request once it is answered: who asked what, of which topics, how long it took, and what
 * went wrong. As an object for programs and as a line for people; pino writes both.
 *
 * Requests that nobody answers (acks=0) have a line as well; those that end their connection have none, and are in the
 * broker's own log. A line costs microseconds: it is not for the hottest paths.
 *
 * Not done: bytes of answers, which are not written yet where the line is made; of Fetch it says those of the records.
 */
import { errorOf } from '../errors';
import type { Logger } from '../logger';
import type { LiveConnection } from '../pipeline/connection';
import type { Reply, Taps } from '../pipeline/seams';
import { stage } from '../pipeline/stage';
import { mergeTaps } from '../pipeline/taps';
import { checkNames, UsageError } from '../usage';
import { errorCodesIn, topicIdsIn, topicsIn } from './body-fields';
import { hasId, TopicNames } from './chosen-topics';
import { recordBytesOf } from './record-bytes';

/** One request and its answer. */
export interface AccessEntry {
  /** When it came, ms since 1970 by the broker's clock. */
  readonly timeMs: number;
  readonly connection: number;
  readonly listener: string;
  readonly remoteAddress: string;
  readonly principal: string;
  readonly clientId: string | null;
  readonly correlationId: number;
  readonly api: string;
  readonly version: number;
  /** Topics that the request names, by their names where these are known. */
  readonly topics: readonly string[];
  /** From the last byte of the request to its answer, ms by the broker's clock. */
  readonly latencyMs: number;
  readonly requestBytes: number;
  /** Bytes of records in the answer. */
  readonly recordBytes: number;
  /** Kafka's names of the errors in the answer; empty if all went well. */
  readonly errors: readonly string[];
}

export interface AccessLogOptions {
  /** What hears of each request, as an object and as a line; or a pino logger. The broker's own logger if absent. */
  readonly to?: ((entry: AccessEntry, line: string) => void) | Logger;
  /** Which requests have a line; all if absent. */
  readonly when?: (entry: AccessEntry) => boolean;
}

/** @throws UsageError for options that cannot be meant */
export function accessLog(options: AccessLogOptions = {}): Taps {
  checkNames('accessLog', options, ['to', 'when'] satisfies (keyof AccessLogOptions)[]);
  const { to, when = () => true } = options;
  if (to !== undefined && typeof to !== 'function' && typeof (to as Partial<Logger> | null)?.info !== 'function')
    throw new UsageError('accessLog: to: expected a function of an entry, or a logger of pino');
  if (typeof when !== 'function') throw new UsageError('accessLog: when: expected a function of an entry');
  const names = new TopicNames();
  const tell = stage<Reply, Reply>(
    'access-log',
    'objects to objects',
    (connection) => {
      const write = writer(to ?? connection.rules?.logger ?? (() => {}));
      return {
        each(reply, push, done) {
          const entry = entryOf(reply, connection, names);
          try {
            if (when(entry)) write(entry);
          } catch (error) {
            connection.rules?.logger.error({ err: error, stage: 'access-log' }, 'access log failed');
          }
          push(reply);
          done();
        },
      };
    },
    ['replies'],
  );
  return mergeTaps({ replies: [tell] }, names.taps);
}

function writer(to: NonNullable<AccessLogOptions['to']>): (entry: AccessEntry) => void {
  if (typeof to === 'function') return (entry) => to(entry, lineOf(entry));
  return (entry) => to.info(entry, lineOf(entry));
}

function entryOf({ request, body }: Reply, connection: LiveConnection, names: TopicNames): AccessEntry {
  const { api, version, header, frame } = request;
  const ids = topicIdsIn(api.request, request.body ?? {})
    .map((topicId) => ({ topicId }))
    .filter(hasId);
  const named = ids.map((topic) => names.nameOf(topic, connection) ?? topic.topicId);
  const nowMs = connection.rules?.scheduler.now() ?? frame.receivedAtMs;
  return {
    timeMs: frame.receivedAtMs,
    connection: connection.id,
    listener: connection.listener,
    remoteAddress: connection.remoteAddress,
    principal: connection.principal,
    clientId: header.clientId,
    correlationId: header.correlationId,
    api: api.name,
    version,
    topics: [...topicsIn(api.request, request.body ?? {}), ...named],
    latencyMs: nowMs - frame.receivedAtMs,
    requestBytes: frame.bytes.length,
    recordBytes: recordBytesOf(request, body),
    errors: body === null ? [] : errorCodesIn(api.response, body).map((code) => errorOf(code).name),
  };
}

/** `2026-01-02T03:04:05.000Z kafkajs@127.0.0.1 Produce v9 orders: 3 ms, 812 bytes, ok` */
function lineOf(entry: AccessEntry): string {
  const { timeMs, clientId, remoteAddress, api, version, topics, latencyMs, requestBytes, recordBytes } = entry;
  const who = `${clientId ?? '-'}@${remoteAddress === '' ? '-' : remoteAddress}`;
  const bytes = `${requestBytes} bytes${recordBytes > 0 ? `, ${recordBytes} of records` : ''}`;
  const outcome = entry.errors.length === 0 ? 'ok' : entry.errors.join(' ');
  const what = [`${api} v${version}`, topics.join(',')].filter((part) => part !== '').join(' ');
  return `${new Date(timeMs).toISOString()} ${who} ${what}: ${latencyMs} ms, ${bytes}, ${outcome}`;
}
