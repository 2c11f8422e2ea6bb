import { expect } from 'chai';
import type { CommitRequest, JoinAnswer, JoinRequest, SyncAnswer } from '../../../lib/coordinators/groups/requests';
import { Shard } from '../../../lib/coordinators/groups/shard';
import { errors, type KafkaError } from '../../../lib/errors';
import type { Appends } from '../../../lib/storage/engine';
import { aCommit, aHeartbeat, aJoin, aSync } from '../../support/group-table';
import { pass, timersOf } from '../../support/in-process';
import { TestBroker, type TestLog } from '../../support/services';
import { rejected } from '../../support/thrown';

const offset = { topic: 't', topicId: 'AAAAAAAAAAAAAAAAAAAAAA', partition: 0, offset: 5, leaderEpoch: 0, metadata: '' };

describe('Shard', () => {
  let broker: TestBroker;
  let log: TestLog;
  let shard: Shard;
  /** What the next appends fail with. */
  let failure: KafkaError | null;

  beforeEach(async () => {
    failure = null;
    broker = new TestBroker({ 'group.initial.rebalance.delay.ms': 100 });
    log = broker.topic('__consumer_offsets').partitions[0]!;
    shard = open();
    await shard.loaded;
  });

  function open(): Shard {
    const { scheduler, config, logger, metadata } = broker.services;
    const appends: Appends = {
      submit: (append) => (failure === null ? broker.services.appends.submit(append) : Promise.reject(failure)),
    };
    return new Shard({ log, appends, scheduler, config, logger, metadata, inTurn: (load) => load() });
  }
  const join = (groupId: string, request: Partial<JoinRequest> = {}) =>
    shard.ask<JoinAnswer>(groupId, (ticket) => ({
      on: 'join',
      ticket,
      freshId: `id-${groupId}`,
      request: { ...aJoin, groupId, requiresKnownMemberId: false, ...request },
    }));
  const commit = (groupId: string, request: Partial<CommitRequest> = {}) =>
    shard.ask<KafkaError>(groupId, (ticket) => ({
      on: 'commit',
      ticket,
      request: { ...aCommit, groupId, offsets: [offset], ...request },
    }));
  /** A group with one member, stable. */
  const stable = async (groupId: string) => {
    const joining = join(groupId);
    pass(broker.scheduler, 100);
    const { memberId, generationId } = await joining;
    const assignments = [{ memberId, assignment: Buffer.from('all') }];
    await shard.ask<SyncAnswer>(groupId, (ticket) => ({
      on: 'sync',
      ticket,
      request: { ...aSync, groupId, memberId, generationId, assignments },
    }));
    return { memberId, generationId };
  };
  /** What a broker that starts now would know. */
  const replayed = async () => {
    const other = open();
    await other.loaded;
    const known = [...other.all];
    other.close();
    return known;
  };

  it('answers once what was decided is in the log', async () => {
    broker.holdAppends = true;
    let answered: KafkaError | null = null;
    const committed = commit('g').then((error) => {
      answered = error;
    });
    await Promise.resolve();
    expect(answered).to.equal(null);
    expect(log.logEndOffset).to.equal(0);
    for (const release of broker.held) release();
    await committed;
    expect(answered).to.equal(errors.NONE);
    expect(shard.offsetsOf('g').get('t')?.get(0)?.offset).to.equal(5);
  });

  it('gives no answer before one that was decided earlier', async () => {
    const { memberId, generationId } = await stable('g');
    broker.holdAppends = true;
    const order: string[] = [];
    const all = [
      commit('other').then(() => order.push('commit')),
      shard
        .ask<KafkaError>('g', (ticket) => ({
          on: 'heartbeat',
          ticket,
          request: { ...aHeartbeat, groupId: 'g', memberId, generationId },
        }))
        .then(() => order.push('heartbeat')),
    ];
    await Promise.resolve();
    for (const release of broker.held) release();
    await Promise.all(all);
    expect(order).to.deep.equal(['commit', 'heartbeat']);
  });

  it('refuses everything while it loads', async () => {
    await commit('g');
    log.readsTakeTime = true;
    shard = open();
    expect(shard.isLoaded).to.equal(false);
    expect(await rejected(commit('g'))).to.equal(errors.COORDINATOR_LOAD_IN_PROGRESS);
    expect(() => shard.offsetsOf('g')).to.throw();
    await shard.loaded;
    expect(shard.offsetsOf('g').get('t')?.get(0)?.offset).to.equal(5);
  });

  it('knows after loading what it knew before, and expels members that stay silent from then on', async () => {
    const { memberId } = await stable('g');
    await commit('simple');
    const before = [...shard.all].map(({ groupId, type }) => ({ groupId, type }));
    shard.close();
    shard = open();
    await shard.loaded;
    expect([...shard.all].map(({ groupId, type }) => ({ groupId, type }))).to.have.deep.members(before);
    pass(broker.scheduler, aJoin.sessionTimeoutMs - 1);
    expect(shard.group('g')).to.have.property('state', 'Stable');
    pass(broker.scheduler, 1);
    expect(shard.group('g')).to.have.property('state', 'Empty');
    const heard = shard.ask<KafkaError>('g', (ticket) => ({
      on: 'heartbeat',
      ticket,
      request: { ...aHeartbeat, groupId: 'g', memberId, generationId: 1 },
    }));
    expect(await heard).to.have.property('code', errors.UNKNOWN_MEMBER_ID.code);
  });

  it('starts anew from the log when a write fails, and tells everybody who waits', async () => {
    const { memberId } = await stable('g');
    const parked = join('other');
    failure = errors.KAFKA_STORAGE_ERROR;
    const failed = commit('g', { generationIdOrMemberEpoch: 1, memberId });
    const outcomes = await Promise.all([rejected(parked), rejected(failed)]);
    expect(outcomes.map(String)).to.deep.equal(['COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_NOT_AVAILABLE']);
    failure = null;
    await shard.loaded;
    expect(shard.group('g')).to.have.property('state', 'Stable');
    expect(shard.offsetsOf('g').size).to.equal(0);
  });

  it('says the same of a write that failed to who removes, and to who waits for what was written', async () => {
    await commit('g');
    failure = errors.KAFKA_STORAGE_ERROR;
    const tombstone = { name: 'OffsetCommit', key: { group: 'g', topic: 't', partition: 0 }, value: null } as const;
    const removing = shard.remove('g', () => ({ records: [tombstone], removesGroup: true }));
    const waiting = shard.written();
    const outcomes = await Promise.all([rejected(removing), rejected(waiting)]);
    expect(outcomes.map(String)).to.deep.equal(['COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_NOT_AVAILABLE']);
  });

  it('tells of a write that failed however the error is made', async () => {
    failure = errors.KAFKA_STORAGE_ERROR.because('the disk is gone');
    expect(await rejected(commit('g'))).to.equal(errors.COORDINATOR_NOT_AVAILABLE);
    expect(JSON.stringify(broker.logged)).to.include('KAFKA_STORAGE_ERROR: the disk is gone');
  });

  it('reads what was on its way behind a write that failed', async () => {
    broker.holdAppends = true;
    const all = ['a', 'b', 'c'].map((groupId) => rejected(commit(groupId)));
    const append = log.append.bind(log);
    log.append = () => {
      throw errors.KAFKA_STORAGE_ERROR;
    };
    const [fail, ...release] = broker.held;
    fail!();
    log.append = append;
    expect((await Promise.all(all)).map(String)).to.deep.equal(Array(3).fill('COORDINATOR_NOT_AVAILABLE'));
    await new Promise((resolve) => setImmediate(resolve));
    for (const goOn of release) goOn();
    await shard.loaded;
    expect([...shard.all].map(({ groupId }) => groupId)).to.deep.equal(['b', 'c']);
  });

  it('refuses a batch that is larger than the topic takes, and leaves it at that', async () => {
    const { memberId, generationId } = await stable('g');
    await commit('other');
    const before = [shard.group('g'), log.logEndOffset];
    const protocols = [{ name: 'range', metadata: Buffer.alloc(1_100_000) }];
    const joining = join('g', { memberId, protocols });
    expect((await joining).error).to.equal(errors.NONE);
    const { generationId: next } = await joining;
    const awaiting = shard.group('g');
    const assignments = [{ memberId, assignment: Buffer.from('all') }];
    const synced = shard.ask<SyncAnswer>('g', (ticket) => ({
      on: 'sync',
      ticket,
      request: { ...aSync, groupId: 'g', memberId, generationId: next, assignments },
    }));
    const refused = (await rejected(synced)) as KafkaError;
    expect(refused.is(errors.UNKNOWN_SERVER_ERROR)).to.equal(true);
    expect(refused.message).to.match(
      /^1100\d{3} bytes to be written, max.message.bytes of __consumer_offsets is 1048588$/,
    );
    expect([generationId, next]).to.deep.equal([1, 2]);
    expect(shard.group('g')).to.equal(awaiting);
    expect(log.logEndOffset).to.equal(before[1]);
    expect(shard.offsetsOf('other').size).to.equal(1);
  });

  it('goes on with the other groups where one cannot be swept', async () => {
    await commit('a');
    await commit('b');
    shard.sweep((_group, groupId) => {
      if (groupId === 'a') throw new TypeError('a bug');
      return {
        records: [{ name: 'OffsetCommit', key: { group: groupId, topic: 't', partition: 0 }, value: null }],
        removesGroup: true,
      };
    });
    expect([...shard.all].map(({ groupId }) => groupId)).to.deep.equal(['a']);
  });

  it('refuses what no record can say, and changes nothing', async () => {
    const metadata = 'x'.repeat(40_000);
    expect(await rejected(commit('g', { offsets: [{ ...offset, metadata }] }))).to.be.an('error');
    expect(shard.group('g')).to.equal(null);
    expect(shard.offsetsOf('g').size).to.equal(0);
    expect(await commit('g')).to.equal(errors.NONE);
  });

  it('removes groups and offsets for good', async () => {
    await commit('g');
    await shard.remove('g', (group, offsets) => {
      expect([group?.groupId, offsets.size]).to.deep.equal(['g', 1]);
      return {
        records: [{ name: 'OffsetCommit', key: { group: 'g', topic: 't', partition: 0 }, value: null }],
        removesGroup: true,
      };
    });
    expect(shard.group('g')).to.equal(null);
    expect(await replayed()).to.deep.equal([]);
  });

  it('has no timers left once it is closed, and sends away who waits', async () => {
    await stable('g');
    const parked = join('other');
    shard.close();
    expect(await rejected(parked)).to.equal(errors.NOT_COORDINATOR);
    expect(await rejected(commit('g'))).to.equal(errors.NOT_COORDINATOR);
    expect(timersOf(broker.scheduler)).to.equal(0);
  });

  it('writes the batches of one step as one, as a coordinator does', async () => {
    await commit('g', { offsets: [offset, { ...offset, partition: 1 }] });
    expect(log.logEndOffset).to.equal(2);
    const { records } = await log.read(0, { maxBytes: 1000, atLeastOne: true, isolation: 'read_uncommitted' });
    expect(records.readInt32BE(57)).to.equal(2); // record count
    expect(records.readInt32BE(53)).to.equal(0); // base sequence
  });
});
