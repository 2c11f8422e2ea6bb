import { expect } from 'chai';
import { fetch } from '../../lib/apis/fetch';
import { heartbeat } from '../../lib/apis/heartbeat';
import { produce } from '../../lib/apis/produce';
import { errors, Hangup } from '../../lib/errors';
import { delay, drop, fail, failAfterwards, loseReply, type Met, throttle } from '../../lib/faults/acts';
import { type Body, partsOf, type Wanted } from '../../lib/faults/parts';
import { Answer, type Api } from '../../lib/protocol/api';
import type { Schema } from '../../lib/protocol/schema';
import { clockAt, pass } from '../support/in-process';
import { settle } from '../support/pipeline';
import { live, requestOf } from '../support/stages';
import { rejected } from '../support/thrown';

/** A request that a fault has met, with what was carried out and how often its memory was let go. */
function met(api: Api, body: Body, wanted: Wanted, answer: Body | null) {
  const carriedOut: Body[] = [];
  const request = requestOf(api, body);
  const connection = live();
  let released = 0;
  const carryOut = (asked: Body) => {
    carriedOut.push(asked);
    return answer === null ? null : new Answer(answer, () => released++);
  };
  const parts = partsOf(request, wanted, () => undefined)!;
  const it: Met = { request, connection, parts, carryOut };
  return { it, carriedOut, connection, released: () => released };
}

const topics = (...names: string[]) => names.map((topic) => ({ topic, topicId: '', partitions: [{ partition: 0 }] }));
const fetched = (...names: string[]) => ({
  responses: names.map((topic) => ({ topic, topicId: '', partitions: [{ partitionIndex: 0, errorCode: 0 }] })),
});
const fetching = (wanted: Wanted, answer: Body | null = fetched('b')) =>
  met(fetch as Api, { sessionEpoch: -1, sessionId: 0, topics: topics('a', 'b') }, wanted, answer);
const error = errors.KAFKA_STORAGE_ERROR;

describe('fail', () => {
  it('throws where the whole request is meant', async () => {
    const { it: one, carriedOut } = fetching({});
    expect(await rejected(Promise.resolve(fail(error)(one)))).to.equal(error);
    expect(carriedOut).to.deep.equal([]);
  });

  it('carries out what is not meant, and keeps the memory of its answer', async () => {
    const { it: one, carriedOut, released } = fetching({ topic: 'a' });
    const answer = (await fail(error)(one)) as Answer<Schema>;
    expect(carriedOut[0]!['topics']).to.deep.equal(topics('b'));
    const rows = (answer.body as { responses: { topic: string; partitions: { errorCode: number }[] }[] }).responses;
    expect(rows.map(({ topic, partitions }) => [topic, partitions[0]!.errorCode])).to.deep.equal([
      ['a', 56],
      ['b', 0],
    ]);
    expect(released()).to.equal(0);
    answer.release();
    expect(released()).to.equal(1);
  });

  it('throws where nobody waits for the answer, in whole and in part', async () => {
    for (const names of [['a'], ['a', 'b']]) {
      const topicData = names.map((name) => ({ name, topicId: '', partitionData: [{ index: 0 }] }));
      const { it: one } = met(produce as Api, { acks: 0, topicData }, { topic: 'a' }, null);
      expect(await rejected(Promise.resolve(fail(error)(one)))).to.equal(error);
    }
  });
});

describe('failAfterwards', () => {
  it('throws behind what was carried out, whose memory goes back', async () => {
    const { it: one, carriedOut, released } = fetching({});
    expect(await rejected(Promise.resolve(failAfterwards(error)(one)))).to.equal(error);
    expect([carriedOut.length, released()]).to.deep.equal([1, 1]);
  });
});

describe('drop', () => {
  it('hangs up, with nothing carried out', () => {
    const { it: one, carriedOut } = fetching({});
    expect(() => drop('at Fetch')(one)).to.throw(Hangup, 'fault: at Fetch');
    expect(carriedOut).to.deep.equal([]);
  });
});

describe('loseReply', () => {
  it('hangs up behind what was carried out, whose memory goes back', async () => {
    const { it: one, carriedOut, released } = fetching({});
    expect(await rejected(Promise.resolve(loseReply('x')(one)))).to.be.instanceOf(Hangup);
    expect([carriedOut.length, released()]).to.deep.equal([1, 1]);
  });
});

describe('delay', () => {
  it('gives the answer after its time, or when the connection ends', async () => {
    const clock = clockAt(0);
    for (const end of [() => pass(clock, 100), 'signal'] as const) {
      const { it: one, connection } = met(heartbeat as Api, {}, {}, { errorCode: 0 });
      let given: unknown = null;
      const answered = Promise.resolve(delay(100, clock)(one)).then((answer) => {
        given = answer;
      });
      await settle();
      pass(clock, 50);
      await settle();
      expect(given).to.equal(null);
      if (end === 'signal') connection.close();
      else end();
      await answered;
      expect(given).to.be.instanceOf(Answer);
    }
  });
});

describe('throttle', () => {
  it('says it in the answer, if there is one', async () => {
    const { it: one } = fetching({});
    expect(((await throttle(30)(one)) as Answer<Schema>).body).to.deep.include({ throttleTimeMs: 30 });
    expect(await throttle(30)(fetching({}, null).it)).to.equal(null);
  });
});
