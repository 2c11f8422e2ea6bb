/**
 * Which calls of a recording are wanted, as a person says it: texts in, a predicate out. Called with what the command line
 * gives; pure.
 *
 * Several values of one kind mean any of them; several kinds mean all of them. A call that fits nowhere is not wanted,
 * rather than an error: only what cannot be meant at all is refused.
 */
import { exchanges } from '../apis/exchanges';
import { nearestOf } from '../config/hint';
import { durationMs } from '../duration';
import { errors } from '../errors';
import { UsageError } from '../usage';
import type { CallRow } from './call-row';
import { momentOf } from './moment';

/** As it is said; what is absent wants everything. Names may have `*` for any letters. */
export interface TrafficFilter {
  /** Names or keys of APIs. */
  readonly api?: readonly string[];
  /** Client ids, or addresses of clients, with their ports or without. */
  readonly client?: readonly string[];
  readonly topic?: readonly string[];
  /** Ids of groups. */
  readonly group?: readonly string[];
  /** Numbers of connections. */
  readonly connection?: readonly string[];
  /** Sent at this moment or later; see moment.ts. */
  readonly from?: string;
  /** Sent before this moment. */
  readonly to?: string;
  /** Answered after this span or more, such as `100 ms`. */
  readonly slower?: string;
  /** Names or codes of errors that the answer says; `any` for any, `none` for none. */
  readonly error?: readonly string[];
  /** Only what was never answered. */
  readonly unanswered?: boolean;
}

type Test = (row: CallRow) => boolean;

/**
 * @param beganMs when the recording begins; asked for with the first call
 * @throws UsageError for what cannot be meant
 */
export function filterOf(filter: TrafficFilter, beganMs: () => number): Test {
  const tests = testsOf(filter, beganMs);
  return (row) => tests.every((test) => test(row));
}

/** Cheap ones first: topics and groups have bodies decoded. */
function testsOf(
  { api, client, topic, group, connection, from, to, slower, error, unanswered }: TrafficFilter,
  beganMs: () => number,
) {
  const tests: Test[] = [];
  if (api !== undefined) {
    const keys = new Set(api.flatMap(keysOf));
    tests.push(({ request }) => keys.has(request.header.apiKey));
  }
  if (connection !== undefined) {
    const numbers = new Set(connection.map((text) => wholeNumber('--connection', text)));
    tests.push(({ request }) => numbers.has(request.connection));
  }
  if (client !== undefined) {
    const isMeant = anyOf(client);
    const hostOf = (address: string) => address.replace(/:\d+$/, '');
    tests.push(({ request: { header, client: address } }) =>
      [header.clientId ?? '', address, hostOf(address)].some(isMeant),
    );
  }
  if (from !== undefined) {
    const moment = momentOf('--from', from);
    tests.push(({ request }) => request.sentAtMs >= moment(beganMs()));
  }
  if (to !== undefined) {
    const moment = momentOf('--to', to);
    tests.push(({ request }) => request.sentAtMs < moment(beganMs()));
  }
  if (slower !== undefined) {
    const leastMs = spanOf('--slower', slower);
    tests.push(({ answer }) => answer !== null && answer.latencyMs >= leastMs);
  }
  if (error !== undefined) tests.push(errorTest(error));
  if (unanswered) tests.push(({ missing }) => missing !== null);
  if (topic !== undefined) {
    const isMeant = anyOf(topic);
    tests.push(({ topics }) => topics.some(isMeant));
  }
  if (group !== undefined) {
    const isMeant = anyOf(group);
    tests.push(({ groups }) => groups.some(isMeant));
  }
  return tests;
}

/** Keys of the APIs that a text means: one by its key, all that a name with `*` fits. */
function keysOf(text: string): number[] {
  if (/^-?\d+$/.test(text)) return [wholeNumber('--api', text)];
  const isMeant = anyOf([text.toLowerCase()]);
  const all = [...exchanges().values()];
  const keys = all.filter(({ name }) => isMeant(name.toLowerCase())).map(({ key }) => key);
  if (keys.length > 0) return keys;
  throw unknown(
    '--api',
    text,
    all.map(({ name }) => name),
    'Kafka 4.4 has no such API',
  );
}

function errorTest(texts: readonly string[]): Test {
  const tests = texts.map((text): Test => {
    if (text === 'any') return (row) => row.errors.length > 0;
    if (text === 'none') return (row) => row.answer !== null && row.errors.length === 0;
    const code = codeOf(text);
    return (row) => row.errors.includes(code);
  });
  return (row) => tests.some((test) => test(row));
}

function codeOf(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  const all = Object.values(errors);
  const found = all.find(({ name }) => name === text.toUpperCase());
  if (found !== undefined) return found.code;
  throw unknown('--error', text, ['any', 'none', ...all.map(({ name }) => name)], 'Kafka 4.4 has no such error');
}

function unknown(option: string, text: string, names: readonly string[], otherwise: string): UsageError {
  const lower = names.map((name) => name.toLowerCase());
  const nearest = nearestOf(text.toLowerCase(), lower);
  const hint = nearest === null ? otherwise : `did you mean ${names[lower.indexOf(nearest)]}?`;
  return new UsageError(`${option} ${text}: ${hint}`);
}

function wholeNumber(option: string, text: string): number {
  if (!/^-?\d+$/.test(text)) throw new UsageError(`${option} ${text}: expected a whole number`);
  return Number(text);
}

function spanOf(option: string, text: string): number {
  try {
    return durationMs(/^\d+(\.\d+)?$/.test(text) ? Number(text) : text);
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${option}: ${error.message}`);
    throw error;
  }
}

/** Whether a text is one of those given, in which `*` stands for any letters. */
function anyOf(patterns: readonly string[]): (text: string) => boolean {
  const escaped = patterns.map((pattern) => pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('\\*', '.*'));
  const pattern = new RegExp(`^(${escaped.join('|')})$`, 's');
  return (text) => pattern.test(text);
}
