import { expect } from 'chai';
import { fetch, produce } from '../../lib/apis';
import type { CaptureEvent } from '../../lib/capture/event';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { errors } from '../../lib/errors';
import { onReply } from '../../lib/pipeline/on-reply';
import { onRequest } from '../../lib/pipeline/on-request';
import type { Taps } from '../../lib/pipeline/seams';
import { Answer } from '../../lib/protocol/api';
import { diff } from '../../lib/replay/diff';
import { FetchSessions } from '../../lib/replay/fetch-sessions';
import { LearnedIds } from '../../lib/replay/ids/learned-ids';
import { replay } from '../../lib/replay/replay';
import { Dialogue } from '../support/recordings';
import { batchOf } from '../support/services';

const version = 12;
const unkept = { 'max.incremental.fetch.session.cache.slots': 0 };
const kept = 'one broker keeps this fetch session, the other does not: it is asked for all that it means';
const unspoken = 'its fetch session was opened before the recording began, and had not spoken of this';

const topicsOf = (offsets: Readonly<Record<number, number>>) => {
  const partitions = Object.entries(offsets).map(([partition, fetchOffset]) => ({
    partition: Number(partition),
    fetchOffset,
    partitionMaxBytes: 1000,
  }));
  return partitions.length === 0 ? [] : [{ topic: 't', partitions }];
};
const fetching = (sessionId: number, sessionEpoch: number, offsets: Readonly<Record<number, number>>) => ({
  maxWaitMs: 0,
  minBytes: 0,
  sessionId,
  sessionEpoch,
  topics: topicsOf(offsets),
});

describe('FetchSessions', () => {
  const open: Broker[] = [];
  afterEach(() => Promise.all(open.splice(0).map((broker) => broker.close())));

  async function started(taps: Taps = {}, config: Record<string, number> = {}): Promise<Broker> {
    const broker = await createBroker({ config, taps, topics: [{ name: 't', partitions: 2 }] });
    open.push(broker);
    return broker;
  }

  /** A client that opens a session, is told of news in it, forgets a partition, and leaves. */
  async function recorded(): Promise<CaptureEvent[]> {
    const said = new Dialogue(await started());
    const write = (index: number, values: string[]) =>
      said.ask(
        produce,
        9,
        { acks: -1, timeoutMs: 0, topicData: [{ name: 't', partitionData: [{ index, records: batchOf(values) }] }] },
        2,
      );
    const told = async (
      sessionId: number,
      epoch: number,
      offsets: Record<number, number>,
      forgotten: number[] = [],
    ) => {
      const forgottenTopicsData = forgotten.length === 0 ? [] : [{ topic: 't', partitions: forgotten }];
      const answer = await said.ask(fetch, version, { ...fetching(sessionId, epoch, offsets), forgottenTopicsData });
      return { id: answer.sessionId, rows: answer.responses.flatMap(({ partitions }) => partitions).length };
    };
    await write(0, ['a', 'b', 'c']);
    const { id, rows } = await told(0, 0, { 0: 0, 1: 0 });
    const news = [rows, (await told(id, 1, { 0: 3 })).rows];
    await write(1, ['d']);
    news.push((await told(id, 2, {})).rows, (await told(id, 3, { 1: 1 })).rows);
    await write(1, ['e']);
    news.push((await told(id, 4, {}, [1])).rows, (await told(id, -1, {})).rows);
    expect(news).to.deep.equal([2, 0, 1, 0, 0, 0]);
    return said.events;
  }

  /** Verdicts of fetches, and the reasons for which they may differ. */
  async function played(recording: CaptureEvent[], broker: Broker) {
    const run = replay(recording, broker, { settleMaxMs: 0 });
    const verdicts: string[] = [];
    let retries = 0;
    for await (const one of run) {
      retries += one.retries;
      if (one.request.name === 'Fetch') verdicts.push(one.verdict);
    }
    return { verdicts, retries, reasons: [...run.tally.allowed.keys()] };
  }

  const same = Array(6).fill('same');

  it('are left to a target that keeps them', async () => {
    expect(await played(await recorded(), await started())).to.deep.equal({ verdicts: same, retries: 0, reasons: [] });
  });

  it('are kept in the place of a target that grants none', async () => {
    const asked: [number, number][] = [];
    const broker = await started(
      { requests: [onRequest(fetch, 'ear', ({ sessionId, topics }) => void asked.push([sessionId, partsOf(topics)]))] },
      unkept,
    );
    const found = await played(await recorded(), broker);
    expect(found).to.deep.equal({
      verdicts: [...Array(5).fill('may differ'), 'same'],
      retries: 0,
      reasons: [kept],
    });
    expect(asked).to.deep.equal([
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 1],
      [0, 0],
    ]);
  });

  it('are kept from there on where a target loses one', async () => {
    for (const { code } of [errors.FETCH_SESSION_ID_NOT_FOUND, errors.INVALID_FETCH_SESSION_EPOCH]) {
      const lose = onRequest(fetch, 'lose', ({ sessionEpoch }) =>
        sessionEpoch >= 2 ? new Answer({ errorCode: code, responses: [] }) : undefined,
      );
      expect(await played(await recorded(), await started({ requests: [lose] }))).to.deep.equal({
        verdicts: ['same', 'same', 'may differ', 'may differ', 'may differ', 'same'],
        retries: 1,
        reasons: [kept],
      });
    }
  });

  it('show what a target answers otherwise', async () => {
    const hide = onReply(fetch, 'hide', (body) => ({
      ...body,
      responses: body.responses.map((topic) => ({
        ...topic,
        partitions: topic.partitions.filter(({ partitionIndex }) => partitionIndex === 0),
      })),
    }));
    const { verdicts } = await played(await recorded(), await started({ replies: [hide] }, unkept));
    expect(verdicts).to.deep.equal(['differs', 'may differ', 'differs', 'may differ', 'may differ', 'same']);
  });

  it('are known by what is still said in them where they were opened before the recording began', async () => {
    const events = await recorded();
    const at = events.findIndex((one) => one.is === 'frame' && one.connection === 1);
    const { verdicts, reasons } = await played(events.toSpliced(at, 2), await started());
    expect(verdicts).to.deep.equal(['may differ', 'may differ', 'may differ', 'may differ', 'same']);
    expect(reasons).to.have.members([kept, unspoken]);
  });

  it('compare two brokers of which one keeps them', async () => {
    const run = diff(await recorded(), { a: await started(), b: await started({}, unkept) }, { settleMaxMs: 0 });
    await run.run();
    expect(run.tally.differences).to.equal(0);
    expect([...run.tally.allowed.keys()]).to.deep.equal([kept]);
  });

  it('are forgotten where there are too many', () => {
    const sessions = new FetchSessions(new LearnedIds(), 3);
    const body = (id: number, epoch: number, offsets: Record<number, number>) => ({
      ...fetching(id, epoch, offsets),
      topics: topicsOf(offsets).map((topic) => ({ ...topic, topicId: '' })),
      forgottenTopicsData: [],
    });
    const answer = (sessionId: number) => ({ errorCode: 0, sessionId, responses: [] });
    const topicsAsked = (id: number) => partsOf(sessions.ask(body(id, 1, {})).body['topics'] as never);
    for (const id of [1, 2]) sessions.ask(body(0, 0, { 0: 0, 1: 0 })).answered(answer(id), answer(0));
    expect([topicsAsked(2), topicsAsked(1)]).to.deep.equal([2, 0]);
  });
});

function partsOf(topics: readonly { readonly partitions: readonly unknown[] }[]): number {
  return topics.flatMap(({ partitions }) => partitions).length;
}
