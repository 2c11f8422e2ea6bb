import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { pino } from 'pino';
import { fetch } from '../../lib/apis/fetch';
import { findCoordinator } from '../../lib/apis/find-coordinator';
import { heartbeat } from '../../lib/apis/heartbeat';
import { joinGroup } from '../../lib/apis/join-group';
import { listOffsets } from '../../lib/apis/list-offsets';
import { metadata } from '../../lib/apis/metadata';
import { offsetCommit } from '../../lib/apis/offset-commit';
import { offsetFetch } from '../../lib/apis/offset-fetch';
import { offsetForLeaderEpoch } from '../../lib/apis/offset-for-leader-epoch';
import { produce } from '../../lib/apis/produce';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { errors } from '../../lib/errors';
import { UsageError } from '../../lib/usage';
import { virtualClock } from '../../lib/virtual-clock';
import { settle } from '../support/pipeline';
import { batchOf } from '../support/services';
import { rejected } from '../support/thrown';
import { Wire } from '../support/wire';
import { append, send, topicIdOf } from '../support/writing';

describe('Faults', () => {
  const clock = virtualClock();
  const logger = pino({ level: 'silent' });
  let broker: Broker;
  let wire: Wire;
  let faults: Broker['faults'];
  beforeEach(async () => {
    broker = await createBroker({ scheduler: clock, logger, topics: ['a', { name: 'b', partitions: 2 }] });
    faults = broker.faults;
    wire = connect();
  });
  afterEach(async () => {
    wire.close();
    await broker.close();
    expect(clock.timers).to.equal(0);
  });

  function connect(): Wire {
    const [client, server] = duplexPair();
    broker.handle(server);
    return new Wire(client);
  }

  const batch = () => batchOf(['x'], { timestamp: clock.now() });
  const values = async (topic: string) => (await broker.records(topic).toArray()).length;

  /** One request to several partitions; gives `topic-partition: error` of each row. */
  async function sendTo(...partitions: [topic: string, partition: number][]): Promise<string[]> {
    const topics = [...new Set(partitions.map(([topic]) => topic))];
    const { responses } = await wire.request(produce, 11, {
      ...{ acks: -1, timeoutMs: 1000 },
      topicData: topics.map((name) => ({
        name,
        topicId: '',
        partitionData: partitions.filter(([topic]) => topic === name).map(([, index]) => ({ index, records: batch() })),
      })),
    });
    return responses.flatMap(({ name, partitionResponses }) =>
      partitionResponses.map(({ index, errorCode }) => `${name}-${index}: ${errorCode}`),
    );
  }

  const fetchOf = (topic: string, partition: number, maxWaitMs = 0) => ({
    ...{ maxWaitMs, minBytes: 1, maxBytes: 1e6 },
    topics: [{ topic, partitions: [{ partition, fetchOffset: 0, partitionMaxBytes: 1e6 }] }],
  });

  it('lets so many requests fail, and no more; says how often it has happened', async () => {
    const fault = faults.on(produce, { topic: 'a' }).times(2).fail(errors.NOT_ENOUGH_REPLICAS);
    expect([fault.fired, fault.times, fault.isOver, faults.unfired]).to.deep.equal([0, 2, false, [fault]]);
    expect((await send(wire, 'a', 0, batch())).errorCode).to.equal(19);
    expect(String(faults.unfired)).to.equal('Produce of topic a: fail NOT_ENOUGH_REPLICAS, fired 1 of 2');
    expect((await send(wire, 'a', 0, batch())).errorCode).to.equal(19);
    await fault.over;
    expect(await append(wire, 'a', 0, batch())).to.equal(0);
    expect([fault.fired, fault.isOver, faults.unfired, faults.all]).to.deep.equal([2, true, [], []]);
  });

  it('costs no more of a request than what is meant', async () => {
    faults.on(produce, { topic: 'b', partition: 1 }).fail(errors.KAFKA_STORAGE_ERROR);
    expect(await sendTo(['a', 0], ['b', 0], ['b', 1])).to.deep.equal(['a-0: 0', 'b-0: 0', 'b-1: 56']);
    expect([await values('a'), await values('b')]).to.deep.equal([1, 1]);
    faults.on(produce, { topic: 'a' }).fail(errors.KAFKA_STORAGE_ERROR);
    expect(await sendTo(['b', 1], ['a', 0])).to.deep.equal(['b-1: 0', 'a-0: 56']);
    expect([await values('a'), await values('b')]).to.deep.equal([1, 2]);
  });

  it('is about requests of the client, the topic by its id, and the rest that was said, only', async () => {
    const topicId = await topicIdOf(wire, 'a');
    const fault = faults.on(produce, { clientId: 'other', topic: 'a' }).fail(errors.REQUEST_TIMED_OUT);
    await append(wire, 'a', 0, batch());
    expect(fault.fired).to.equal(0);
    const topicData = [{ topicId, partitionData: [{ index: 0, records: batch() }] }];
    const { responses } = await wire.request(produce, 13, { acks: 1, timeoutMs: 1, topicData }, 'other');
    expect(responses).to.have.length(1);
    expect(responses[0]).to.deep.include({ topicId }).and.to.have.nested.property('partitionResponses[0].errorCode', 7);
    const large = faults.on(produce, { when: ({ timeoutMs }) => timeoutMs > 9000 }).fail(errors.REQUEST_TIMED_OUT);
    await append(wire, 'a', 0, batch());
    expect(large.fired).to.equal(0);
  });

  it('happens to one fault at a time, in the order in which they were set: a script', async () => {
    faults.on(produce).fail(errors.NOT_LEADER_OR_FOLLOWER);
    faults.on(produce, { topic: 'a' }).fail(errors.REQUEST_TIMED_OUT);
    const seen = [];
    for (let i = 0; i < 3; i++) seen.push((await send(wire, 'a', 0, batch())).errorCode);
    expect(seen).to.deep.equal([6, 7, 0]);
  });

  it('lets requests pass before', async () => {
    faults.on(produce).afterRequest(2).fail(errors.REQUEST_TIMED_OUT);
    const seen = [];
    for (let i = 0; i < 4; i++) seen.push((await send(wire, 'a', 0, batch())).errorCode);
    expect(seen).to.deep.equal([0, 0, 7, 0]);
  });

  it('carries a request out and then fails it', async () => {
    faults.on(produce, { topic: 'a' }).failAfterwards(errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    expect((await send(wire, 'a', 0, batch())).errorCode).to.equal(20);
    faults.on(produce).failAfterwards(errors.REQUEST_TIMED_OUT);
    expect((await send(wire, 'a', 0, batch())).errorCode).to.equal(7);
    expect(await values('a')).to.equal(2);
  });

  it('drops a connection, with nothing carried out, behind what was asked before', async () => {
    faults.on(produce).afterRequest(1).drop();
    const first = append(wire, 'a', 0, batch());
    const second = rejected(append(wire, 'a', 0, batch()));
    expect(await first).to.equal(0);
    expect(String(await second)).to.include('ended before the answer');
    expect(await values('a')).to.equal(1);
  });

  it('loses the reply of what was carried out', async () => {
    const fault = faults.on(produce, { topic: 'a' }).loseReply();
    expect(String(await rejected(append(wire, 'a', 0, batch())))).to.include('ended before the answer');
    expect([await values('a'), fault.fired]).to.deep.equal([1, 1]);
    faults.on(fetch).loseReply();
    expect(String(await rejected(connect().request(fetch, 11, fetchOf('a', 0))))).to.include('ended before');
  });

  it('delays an answer on the clock of the broker', async () => {
    faults.on(produce).delay('200 ms');
    let isThere = false;
    const appended = append(wire, 'a', 0, batch()).then(() => {
      isThere = true;
    });
    await clock.advance(199);
    expect([isThere, await values('a')]).to.deep.equal([false, 1]);
    await clock.advance(1);
    await appended;
  });

  it('ends a delay with its connection, and all when the broker closes', async () => {
    faults.on(produce).always().delay('1 h');
    const late = append(wire, 'a', 0, batch());
    await settle();
    const closing = broker.close();
    expect(await late).to.equal(0);
    await closing;
  });

  it('tells a client to slow down', async () => {
    faults.on([produce, fetch]).times(2).throttle('70 ms');
    const topicData = [{ name: 'a', topicId: '', partitionData: [{ index: 0, records: batch() }] }];
    expect(await wire.request(produce, 11, { acks: 1, timeoutMs: 1, topicData })).to.deep.include({
      throttleTimeMs: 70,
    });
    const { throttleTimeMs, responses } = await wire.request(fetch, 11, fetchOf('a', 0));
    expect([throttleTimeMs, responses[0]!.partitions[0]!.records!.length]).to.deep.equal([70, batch().length]);
  });

  it('ends the connection of who asked for no answer, where there is an error to tell', async () => {
    faults.on(produce, { topic: 'a' }).fail(errors.KAFKA_STORAGE_ERROR);
    const topicData = [{ name: 'a', topicId: '', partitionData: [{ index: 0, records: batch() }] }];
    wire.tell(produce, 11, { acks: 0, timeoutMs: 1, topicData });
    await wire.ended;
    expect(await values('a')).to.equal(0);
  });

  it('answers a fetch at once with the error, in the row of its partition only', async () => {
    faults.on(fetch, { topic: 'a' }).fail(errors.NOT_LEADER_OR_FOLLOWER);
    const { errorCode, responses } = await wire.request(fetch, 11, {
      ...fetchOf('a', 0, 60_000),
      topics: [...fetchOf('b', 0).topics, ...fetchOf('a', 0).topics],
    });
    const rows = responses.map(({ topic, partitions }) => [topic, partitions[0]!.errorCode]);
    expect([errorCode, rows]).to.deep.equal([
      0,
      [
        ['b', 0],
        ['a', 6],
      ],
    ]);
  });

  it('fails rows of a fetch session without its forgetting them', async () => {
    const begun = await wire.request(fetch, 11, { ...fetchOf('a', 0), sessionEpoch: 0 });
    expect(begun.sessionId).to.be.greaterThan(0);
    faults.on(fetch, { topic: 'a' }).fail(errors.NOT_LEADER_OR_FOLLOWER);
    const session = { sessionId: begun.sessionId, sessionEpoch: 1 };
    const failed = await wire.request(fetch, 11, { ...fetchOf('a', 0), ...session });
    expect(failed.responses[0]!.partitions[0]!.errorCode).to.equal(6);
    await append(wire, 'a', 0, batch());
    const next = await wire.request(fetch, 11, { ...fetchOf('a', 0), ...session, sessionEpoch: 2, topics: [] });
    expect(next.responses[0]!.partitions[0]!.records!.length).to.be.greaterThan(0);
  });

  it('fails one topic of all in metadata', async () => {
    faults.on(metadata, { topic: 'a' }).fail(errors.LEADER_NOT_AVAILABLE);
    const flags = { allowAutoTopicCreation: false, includeClusterAuthorizedOperations: false };
    const { topics, brokers } = await wire.request(metadata, 12, {
      ...{ topics: null, ...flags, includeTopicAuthorizedOperations: false },
    });
    const codes = Object.fromEntries(topics.map(({ name, errorCode }) => [name, errorCode]));
    expect([codes, brokers.length]).to.deep.equal([{ a: 5, b: 0 }, 1]);
  });

  describe('moveLeader', () => {
    const epochs = async () => {
      const topics = [{ name: 'b', partitions: [{ partitionIndex: 1, timestamp: -1 }] }];
      const listed = await wire.request(listOffsets, 7, { replicaId: -1, topics });
      return listed.topics[0]!.partitions[0]!;
    };

    it('begins a leader epoch that metadata, logs and answers agree on', async () => {
      await append(wire, 'b', 1, batch());
      const before = (await epochs()).leaderEpoch;
      const fault = await faults.moveLeader('b', 1);
      expect(await sendTo(['b', 0], ['b', 1])).to.deep.equal(['b-0: 0', 'b-1: 6']);
      expect((await epochs()).errorCode, 'nobody has looked for the leader yet').to.equal(6);
      const flags = { allowAutoTopicCreation: false, includeClusterAuthorizedOperations: false };
      const told = await wire.request(metadata, 12, {
        ...{ topics: [{ name: 'b' }], ...flags, includeTopicAuthorizedOperations: false },
      });
      expect(told.topics[0]!.partitions.find(({ partitionIndex }) => partitionIndex === 1)!.leaderEpoch).to.equal(
        before + 1,
      );
      expect([fault.fired, fault.isOver]).to.deep.equal([2, true]);
      await append(wire, 'b', 1, batch());
      const stale = { partition: 1, currentLeaderEpoch: before, fetchOffset: 0, partitionMaxBytes: 1e6 };
      const fenced = await wire.request(fetch, 11, {
        ...fetchOf('b', 1),
        topics: [{ topic: 'b', partitions: [stale] }],
      });
      expect(fenced.responses[0]!.partitions[0]!.errorCode).to.equal(errors.FENCED_LEADER_EPOCH.code);
      const ended = await wire.request(offsetForLeaderEpoch, 4, {
        ...{
          replicaId: -1,
          topics: [{ topic: 'b', partitions: [{ partition: 1, currentLeaderEpoch: before + 1, leaderEpoch: before }] }],
        },
      });
      expect(ended.topics[0]!.partitions[0]).to.deep.include({ leaderEpoch: before, endOffset: 1 });
    });

    it('refuses a partition that there is not', async () => {
      for (const [topic, partition] of [
        ['nobody', 0],
        ['a', 1],
      ] as const) {
        const error = await rejected(faults.moveLeader(topic, partition));
        expect(error).to.be.instanceOf(UsageError);
        expect(String(error)).to.include(`${topic}-${partition}: UNKNOWN_TOPIC_OR_PARTITION`);
      }
      expect(faults.all).to.deep.equal([]);
    });
  });

  describe('moveCoordinator', () => {
    const find = () => wire.request(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] });
    const join = (memberId = '') =>
      wire.request(joinGroup, 3, {
        ...{ groupId: 'g', memberId, sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000 },
        ...{ protocolType: 'consumer', protocols: [{ name: 'range', metadata: Buffer.alloc(0) }] },
      });

    it('refuses until somebody has looked for the coordinator, and tells who is waiting', async () => {
      await find();
      await clock.advance(0);
      const waiting = join();
      await settle();
      const fault = faults.moveCoordinator('g');
      expect((await waiting).errorCode).to.equal(16);
      const other = { ...{ groupId: 'other', memberId: 'm', generationId: 1 } };
      expect((await wire.request(heartbeat, 3, other)).errorCode, 'of another group').to.equal(25);
      expect((await wire.request(heartbeat, 3, { ...other, groupId: 'g' })).errorCode).to.equal(16);
      await find();
      expect(fault.isOver).to.equal(true);
      await clock.advance(0);
      const again = join();
      await clock.advance('6 s');
      expect((await again).errorCode).to.equal(0);
    });

    it('loses nothing that was committed', async () => {
      await find();
      await clock.advance(0);
      const topics = [{ name: 'a', partitions: [{ partitionIndex: 0, committedOffset: 7, committedMetadata: null }] }];
      await wire.request(offsetCommit, 6, { groupId: 'g', generationIdOrMemberEpoch: -1, memberId: '', topics });
      faults.moveCoordinator('g').remove();
      await clock.advance(0);
      const { topics: stored } = await wire.request(offsetFetch, 7, {
        groupId: 'g',
        topics: null,
        requireStable: false,
      });
      expect(stored[0]!.partitions[0]!.committedOffset).to.equal(7);
    });
  });

  it('uses memory up: nothing is read until it is given back', async () => {
    const fault = faults.exhaustMemory();
    let isThere = false;
    const appended = append(wire, 'a', 0, batch()).then(() => {
      isThere = true;
    });
    await settle(40);
    expect([isThere, fault.fired, faults.unfired]).to.deep.equal([false, 1, []]);
    fault.remove();
    await appended;
  });

  it('lets a broker close whose memory is used up', async () => {
    faults.exhaustMemory();
    wire.raw(Buffer.from([0, 0, 0, 9, 0]));
    await settle();
    await broker.close();
    expect(faults.all).to.deep.equal([]);
  });

  it('breaks the disk under a partition, which is offline from then on', async () => {
    const fault = faults.disk({ on: 'write', error: 'ENOSPC', topic: 'b', partition: 0 });
    expect(await sendTo(['b', 0], ['b', 1])).to.deep.equal(['b-0: 56', 'b-1: 0']);
    expect([fault.fired, faults.unfired]).to.deep.equal([1, []]);
    expect(await sendTo(['b', 0])).to.deep.equal(['b-0: 56']);
  });

  it('is gone once it is removed, cleared, or the broker is as new', async () => {
    faults.on(produce).fail(errors.REQUEST_TIMED_OUT).remove();
    faults.on(produce).drop();
    faults.disk({ on: 'write', error: 'EIO', path: '.log' });
    faults.clear();
    expect(await append(wire, 'a', 0, batch())).to.equal(0);
    const last = faults.on(produce).drop();
    await broker.reset();
    await last.over;
    expect([faults.all, last.fired, last.isOver]).to.deep.equal([[], 0, true]);
  });

  const wrong: [string, () => unknown, string][] = [
    ['nothing', () => faults.on(undefined as never), 'expected an API, or { clientId, topic'],
    [
      'a selector nearly right',
      () => faults.on(produce, { topik: 'a' } as never),
      'no option "topik": did you mean topic?',
    ],
    ['a topic that is no text', () => faults.on(produce, { topic: 3 } as never), 'topic: number, expected a text'],
    ['a topic of what has none', () => faults.on(heartbeat, { topic: 'a' }), 'topic: Heartbeat is about no topic'],
    ['a group of what has none', () => faults.on(fetch, { group: 'g' }), 'group: Fetch is about no group'],
    ['a member of what has none', () => faults.on(fetch, { member: 'm' }), 'member: Fetch is about no member'],
    ['a partition of nothing', () => faults.on(fetch, { partition: 0 }), 'partition: of which topic?'],
    ['a partition that is none', () => faults.on(fetch, { topic: 'a', partition: -1 }), 'partition: -1'],
    ['a condition that is none', () => faults.on(fetch, { when: true } as never), 'when: boolean'],
    ['no APIs', () => faults.on([]), 'expected APIs'],
    ['no times', () => faults.on(fetch).times(0), 'times: 0, expected a whole number of at least 1'],
    ['half a request', () => faults.on(fetch).afterRequest(0.5), 'afterRequest: 0.5'],
    ['an error that is none', () => faults.on(fetch).fail('EIO' as never), 'expected one of `errors`'],
    ['the error that is none', () => faults.on(fetch).fail(errors.NONE), 'NONE is no error'],
    ['a throttle of any API', () => faults.on({}).throttle(1), 'say of which API'],
    ['a coordinator of nothing', () => faults.moveCoordinator(''), 'of which group?'],
    [
      'a disk that does what?',
      () => faults.disk({ on: 'seek', error: 'EIO' } as never),
      'on: seek, expected read, write, flush',
    ],
    ['an error of no system', () => faults.disk({ on: 'read', error: 'OOPS' }), 'error: OOPS'],
    [
      'an option of no disk',
      () => faults.disk({ on: 'read', error: 'EIO', topics: 'a' } as never),
      'did you mean topic?',
    ],
    ['room for a read', () => faults.disk({ on: 'read', error: 'EIO', roomBytes: 3 }), 'roomBytes: 3'],
  ];
  for (const [name, say, message] of wrong) {
    it(`refuses ${name}`, () => {
      expect(say).to.throw(UsageError, message);
      expect(faults.all).to.deep.equal([]);
    });
  }

  it('refuses an API that this broker does not serve, and a duration that is none', async () => {
    const small = await createBroker({ apis: [metadata] });
    expect(() => small.faults.on(produce)).to.throw(UsageError, 'does not serve Produce');
    expect(() => small.faults.on(metadata).delay('soon')).to.throw(TypeError, 'duration "soon"');
    await small.close();
  });
});
