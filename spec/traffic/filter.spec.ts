import { expect } from 'chai';
import { heartbeat, metadata, offsetFetch } from '../../lib/apis';
import { filterOf, type TrafficFilter } from '../../lib/traffic/filter';
import { UsageError } from '../../lib/usage';
import { rowsOf, said } from '../support/calls';

const asks = said({
  exchange: metadata,
  version: 1,
  request: { topics: [{ name: 'orders' }, { name: 'payments' }] },
  answer: { brokers: [], controllerId: 1, topics: [] },
  connection: 1,
  clientId: 'web-1',
  sentAtMs: 1000,
  latencyMs: 5,
});
const reads = said({
  exchange: offsetFetch,
  version: 5,
  request: { groupId: 'g', topics: [{ name: 'orders.retry', partitionIndexes: [0] }] },
  answer: { topics: [], errorCode: 16 },
  connection: 2,
  clientId: 'web-2',
  sentAtMs: 2000,
  latencyMs: 250,
});
const beats = said({
  exchange: heartbeat,
  version: 4,
  request: { groupId: 'g', generationId: 1, memberId: 'm' },
  answer: { errorCode: 27 },
  connection: 2,
  clientId: 'worker',
  sentAtMs: 3000,
});
const missed = { ...asks, answer: null, connection: 3, sentAtMs: 4000 };

/** Which of the four calls are wanted, by their connections and times. */
async function wanted(filter: TrafficFilter): Promise<string[]> {
  const rows = await rowsOf([asks, reads, beats, missed]);
  const isWanted = filterOf(filter, () => 1000);
  return rows.filter(isWanted).map(({ request, missing }) => (missing === null ? request.name : 'missed'));
}

describe('filterOf', () => {
  const cases: readonly [what: string, TrafficFilter, string[]][] = [
    ['everything, if nothing is said', {}, ['Metadata', 'OffsetFetch', 'Heartbeat', 'missed']],
    ['an API by its name, whatever its letters', { api: ['metadata'] }, ['Metadata', 'missed']],
    ['an API by its key', { api: ['12'] }, ['Heartbeat']],
    ['several APIs, and parts of names', { api: ['Heart*', '9'] }, ['OffsetFetch', 'Heartbeat']],
    ['a client by its id', { client: ['worker'] }, ['Heartbeat']],
    ['clients by a part of their ids', { client: ['web-*'] }, ['Metadata', 'OffsetFetch', 'missed']],
    [
      'clients by their address, at any port',
      { client: ['127.0.0.1'] },
      ['Metadata', 'OffsetFetch', 'Heartbeat', 'missed'],
    ],
    ['a client by its address', { client: ['127.0.0.1:50002'] }, ['OffsetFetch', 'Heartbeat']],
    ['a topic', { topic: ['orders'] }, ['Metadata', 'missed']],
    ['topics by a part of their names, where a dot is a dot', { topic: ['orders.*'] }, ['OffsetFetch']],
    ['a group', { group: ['g'] }, ['OffsetFetch', 'Heartbeat']],
    ['connections', { connection: ['1', '3'] }, ['Metadata', 'missed']],
    ['from a moment on', { from: '+2s' }, ['Heartbeat', 'missed']],
    ['up to a moment', { to: '+1s' }, ['Metadata']],
    ['what took long', { slower: '100ms' }, ['OffsetFetch']],
    ['what took long, in ms', { slower: '5' }, ['Metadata', 'OffsetFetch']],
    ['an error by its name', { error: ['rebalance_in_progress'] }, ['Heartbeat']],
    ['an error by its code', { error: ['16'] }, ['OffsetFetch']],
    ['any error', { error: ['any'] }, ['OffsetFetch', 'Heartbeat']],
    ['answers without errors', { error: ['none'] }, ['Metadata']],
    ['what was not answered', { unanswered: true }, ['missed']],
    ['all of several things', { client: ['web-*'], error: ['any'] }, ['OffsetFetch']],
  ];
  for (const [what, filter, names] of cases) {
    it(`wants ${what}`, async () => {
      expect(await wanted(filter)).to.deep.equal(names);
    });
  }

  const mistakes: readonly [TrafficFilter, string][] = [
    [{ api: ['Metdata'] }, '--api Metdata: did you mean Metadata?'],
    [{ api: ['x'] }, '--api x: Kafka 4.4 has no such API'],
    [{ error: ['NOT_LEADER'] }, '--error NOT_LEADER: Kafka 4.4 has no such error'],
    [{ error: ['NOT_COORDINATR'] }, '--error NOT_COORDINATR: did you mean NOT_COORDINATOR?'],
    [{ connection: ['one'] }, '--connection one: expected a whole number'],
    [{ slower: 'long' }, `--slower: duration "long": expected milliseconds`],
    [{ from: 'noon' }, '--from noon: expected'],
  ];
  for (const [filter, message] of mistakes) {
    it(`refuses ${JSON.stringify(filter)}`, () => {
      expect(() => filterOf(filter, () => 0)).to.throw(UsageError, message);
    });
  }
});
