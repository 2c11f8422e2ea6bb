import { expect } from 'chai';
import { produce } from '../../lib/apis/produce';
import { errors, Hangup } from '../../lib/errors';
import { zeroUuid } from '../../lib/protocol/bytes';
import { ask, batchOf, recordsBatch, scopeOf, startMs, TestBroker, type TestLog, tell } from '../support/services';

const plain = { acks: -1, timeoutMs: 1000 };

describe('produce', () => {
  let broker: TestBroker;
  let log: TestLog;
  beforeEach(() => {
    broker = new TestBroker();
    log = broker.topic('orders', { partitions: 2 }).partition(0)!;
  });

  const one = (records: Buffer | null, name = 'orders', index = 0) => [
    { name, topicId: zeroUuid, partitionData: [{ index, records }] },
  ];
  const rowOf = async (
    version: number,
    records: Buffer | null,
    more: { acks?: number; name?: string; index?: number } = {},
  ) => {
    const { acks = -1, name = 'orders', index = 0 } = more;
    const { responses } = await ask(broker, produce, version, { ...plain, acks, topicData: one(records, name, index) });
    return responses[0]!.partitionResponses[0]!;
  };
  const nowhere = { baseOffset: -1, logAppendTimeMs: -1, logStartOffset: -1 };

  it('appends a batch and answers where it begins', async () => {
    await rowOf(11, batchOf(['a', 'b']));
    const { responses } = await ask(broker, produce, 11, { ...plain, topicData: one(batchOf(['c'])) });
    expect(responses).to.deep.equal([
      {
        name: 'orders',
        topicId: zeroUuid,
        partitionResponses: [
          {
            index: 0,
            errorCode: 0,
            baseOffset: 2,
            logAppendTimeMs: -1,
            logStartOffset: 0,
            recordErrors: [],
            errorMessage: null,
            currentLeader: { leaderId: -1, leaderEpoch: -1 },
          },
        ],
      },
    ]);
    expect(log.logEndOffset).to.equal(3);
  });

  it('finds topics by id in version 13, and answers with ids', async () => {
    const { id } = broker.topics.byName('orders')!;
    const topicData = [{ name: '', topicId: id, partitionData: [{ index: 1, records: batchOf(['a']) }] }];
    const { responses } = await ask(broker, produce, 13, { ...plain, topicData });
    expect(responses[0]).to.include({ name: '', topicId: id });
    expect(responses[0]!.partitionResponses[0]).to.include({ index: 1, errorCode: 0, baseOffset: 0 });
  });

  it('answers many topics and partitions in the order of the request, each by itself', async () => {
    broker.topic('users');
    const topicData = [
      {
        name: 'orders',
        topicId: zeroUuid,
        partitionData: [
          { index: 1, records: batchOf(['a']) },
          { index: 9, records: batchOf(['b']) },
          { index: 0, records: batchOf(['c', 'd']) },
        ],
      },
      { name: 'users', topicId: zeroUuid, partitionData: [{ index: 0, records: batchOf(['e']) }] },
    ];
    const { responses } = await ask(broker, produce, 9, { ...plain, topicData });
    expect(
      responses.map(({ name, partitionResponses }) => [name, partitionResponses.map((r) => [r.index, r.errorCode])]),
    ).to.deep.equal([
      [
        'orders',
        [
          [1, 0],
          [9, 3],
          [0, 0],
        ],
      ],
      ['users', [[0, 0]]],
    ]);
    expect(log.logEndOffset).to.equal(2);
  });

  it('answers a request without topics', async () => {
    expect((await ask(broker, produce, 9, { ...plain, topicData: [] })).responses).to.deep.equal([]);
  });

  it('takes its place in every queue before it returns', () => {
    broker.holdAppends = true;
    const handle = (values: string[]) => {
      const partitionData = [0, 1].map((index) => ({ index, records: batchOf(values) }));
      const topicData = [{ name: 'orders', topicId: zeroUuid, partitionData }];
      return produce.handle({ ...plain, transactionalId: null, topicData }, scopeOf(11), broker.services);
    };
    void handle(['a']);
    void handle(['b', 'b']);
    void produce.handle(
      { ...plain, transactionalId: null, topicData: one(batchOf(['c'])) },
      scopeOf(11),
      broker.services,
    );
    expect(broker.held).to.have.length(5);
    expect(produce.order).to.equal('pipelined');
  });

  it('answers only after the append', async () => {
    broker.holdAppends = true;
    let answered = false;
    const answer = rowOf(11, batchOf(['a'])).then((row) => {
      answered = true;
      return row;
    });
    await new Promise(setImmediate);
    expect(answered).to.equal(false);
    broker.held[0]!();
    expect((await answer).errorCode).to.equal(0);
  });

  it('tells the append time of LogAppendTime topics', async () => {
    broker.topic('stamped', { configs: { 'message.timestamp.type': 'LogAppendTime' } });
    broker.pass(5000);
    expect(await rowOf(8, batchOf(['a']), { name: 'stamped' })).to.include({
      errorCode: 0,
      logAppendTimeMs: startMs + 5000,
    });
  });

  it('leaves a batch whose records are right as it is', async () => {
    const sent = batchOf(['a']);
    await rowOf(11, sent);
    const { records } = await log.read(0, { maxBytes: 1000, atLeastOne: true, isolation: 'read_uncommitted' });
    expect(records.subarray(16).equals(sent.subarray(16))).to.equal(true);
  });

  describe('refuses', () => {
    it('an unknown topic or partition, and creates none', async () => {
      expect(await rowOf(11, batchOf(['a']), { name: 'nosuch' })).to.include({ errorCode: 3, ...nowhere });
      expect(await rowOf(11, batchOf(['a']), { index: 2 })).to.include({ errorCode: 3, ...nowhere });
      expect(await rowOf(11, batchOf(['a']), { index: -1 })).to.include({ errorCode: 3, ...nowhere });
      expect(broker.asked).to.deep.equal([]);
    });

    it('an unknown topic id', async () => {
      const topicData = [
        { name: '', topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partitionData: [{ index: 0, records: batchOf(['a']) }] },
      ];
      const { responses } = await ask(broker, produce, 13, { ...plain, topicData });
      expect(responses[0]!.partitionResponses[0]).to.include({ errorCode: 100, ...nowhere });
    });

    it('records that are no single batch of magic 2, with a log start that nobody knows yet', async () => {
      log.logStartOffset = 5;
      const old = batchOf(['a']);
      old[16] = 1;
      const two = Buffer.concat([batchOf(['a']), batchOf(['b'])]);
      for (const records of [null, Buffer.alloc(0), batchOf(['a']).subarray(0, 60), old, two])
        expect(await rowOf(11, records)).to.include({ errorCode: 87, errorMessage: null, ...nowhere });
    });

    it('zstd before version 7', async () => {
      const zstd = batchOf(['a', 'a', 'a'], { codec: 4 });
      expect(await rowOf(6, zstd)).to.include({ errorCode: 76, logStartOffset: -1 });
      expect((await rowOf(7, zstd)).errorCode).to.equal(0);
    });

    it('acks that there are not, behind what is wrong with the records', async () => {
      for (const acks of [2, -2])
        expect(await rowOf(11, batchOf(['a']), { acks })).to.include({ errorCode: 21, ...nowhere });
      expect((await rowOf(11, null, { acks: 2 })).errorCode).to.equal(87);
      expect((await rowOf(11, batchOf(['a']), { acks: 2, name: 'nosuch' })).errorCode).to.equal(3);
    });

    it("the broker's own topics, but not to the admin client", async () => {
      broker.topic('__consumer_offsets');
      const topicData = one(batchOf(['a']), '__consumer_offsets');
      const as = async (clientId: string | null) =>
        (await ask(broker, produce, 11, { ...plain, topicData }, { clientId })).responses[0]!.partitionResponses[0]!;
      expect(await as('spec')).to.include({ errorCode: 17, ...nowhere });
      expect(await as(null)).to.include({ errorCode: 17 });
      expect(await as('__admin_client')).to.include({ errorCode: 0, baseOffset: 0 });
    });

    it('batches that are too large or damaged, without a log start', async () => {
      log.logStartOffset = 5;
      broker.topic('small', { configs: { 'max.message.bytes': '80' } });
      const large = batchOf(['a'.repeat(100)]);
      expect(await rowOf(11, large, { name: 'small' })).to.include({ errorCode: 10, ...nowhere });
      const damaged = batchOf(['a']);
      damaged[60]! ^= 1;
      expect(await rowOf(11, damaged)).to.include({ errorCode: 2, ...nowhere });
    });

    it('records that are at fault, naming them from version 8 on, with the log start', async () => {
      broker.topic('compacted', { configs: { 'cleanup.policy': 'compact' } }).partition(0)!.logStartOffset = 5;
      const keyless = recordsBatch([{ key: 'k', value: 'a' }, { value: 'b' }]);
      const row = await rowOf(8, keyless, { name: 'compacted' });
      expect(row).to.include({ errorCode: 87, baseOffset: -1, logAppendTimeMs: -1, logStartOffset: 5 });
      expect(row.errorMessage).to.be.a('string').with.length.above(0);
      expect(row.recordErrors.map(({ batchIndex }) => batchIndex)).to.deep.equal([1]);
      expect(await rowOf(7, keyless, { name: 'compacted' })).to.deep.include({ errorCode: 87, recordErrors: [] });
    });

    it('timestamps too far ahead of its clock', async () => {
      const ahead = batchOf(['a'], { timestamp: startMs + 3600001 });
      expect(await rowOf(11, ahead)).to.include({ errorCode: 32, logStartOffset: 0 });
      broker.pass(10);
      expect((await rowOf(11, ahead)).errorCode).to.equal(0);
    });

    it('what the log refuses, with the log start and no message', async () => {
      log.logStartOffset = 5;
      const refuse = (error: unknown) => {
        broker.services.appends.submit = () => Promise.reject(error);
        return rowOf(11, batchOf(['a']));
      };
      const outOfOrder = errors.OUT_OF_ORDER_SEQUENCE_NUMBER.because('7 after 3');
      expect(await refuse(outOfOrder)).to.include({
        errorCode: 45,
        errorMessage: null,
        baseOffset: -1,
        logStartOffset: 5,
      });
      expect(await refuse(errors.KAFKA_STORAGE_ERROR)).to.include({ errorCode: 56, ...nowhere });
    });

    it('a partition whose disk has failed', async () => {
      log.offline = errors.KAFKA_STORAGE_ERROR;
      expect(await rowOf(11, batchOf(['a']))).to.include({ errorCode: 56, ...nowhere });
    });

    it('acks=-1 where too few replicas are in sync, but wants no more than there are', async () => {
      broker.topic('safe', { configs: { 'min.insync.replicas': '2' } });
      expect((await rowOf(11, batchOf(['a']), { name: 'safe' })).errorCode).to.equal(0);
      broker.repartition('safe', 0, { replicas: [1, 2], isr: [1] });
      expect(await rowOf(11, batchOf(['a']), { name: 'safe' })).to.include({ errorCode: 19, logStartOffset: 0 });
      expect((await rowOf(11, batchOf(['a']), { name: 'safe', acks: 1 })).errorCode).to.equal(0);
    });

    it('with UNKNOWN_SERVER_ERROR what is a bug, for that partition alone, and logs it', async () => {
      const { submit } = broker.services.appends;
      broker.services.appends.submit = (append) =>
        append.log.partition === 1 ? Promise.reject(new Error('oops')) : submit(append);
      const partitionData = [0, 1].map((index) => ({ index, records: batchOf(['a']) }));
      const topicData = [{ name: 'orders', topicId: zeroUuid, partitionData }];
      const { responses } = await ask(broker, produce, 11, { ...plain, topicData });
      expect(responses[0]!.partitionResponses.map(({ errorCode }) => errorCode)).to.deep.equal([0, -1]);
      expect(broker.logged).to.have.length(1);
    });
  });

  describe('transactional batches', () => {
    const batch = () => batchOf(['a'], { transactional: true, producerId: 7, producerEpoch: 0, baseSequence: 0 });

    it('refuse the whole request where it has no transactional id', async () => {
      const partitionData = [
        { index: 0, records: batchOf(['a']) },
        { index: 1, records: batch() },
      ];
      const topicData = [{ name: 'orders', topicId: zeroUuid, partitionData }];
      const { responses } = await ask(broker, produce, 11, { ...plain, topicData });
      expect(responses[0]!.partitionResponses.map(({ errorCode }) => errorCode)).to.deep.equal([53, 53]);
      expect(log.logEndOffset).to.equal(0);
    });

    it('are those of a producer that nobody knows', async () => {
      const body = { ...plain, transactionalId: 'tx', topicData: one(batch()) };
      const { responses } = await ask(broker, produce, 12, body);
      expect(responses[0]!.partitionResponses[0]).to.include({ errorCode: 49, ...nowhere });
    });
  });

  describe('with acks=0', () => {
    const send = (topicData: ReturnType<typeof one>, transactionalId: string | null = null) =>
      tell(broker, produce, 9, { ...plain, acks: 0, transactionalId, topicData });

    const hangsUp = async (sent: Promise<unknown>, why: RegExp) => {
      const error = await sent.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(Hangup);
      expect((error as Hangup).message).to.match(why);
    };

    it('answers nothing, and appends all the same', async () => {
      expect(await send(one(batchOf(['a'])))).to.equal(null);
      expect(await send([...one(batchOf(['b'])), ...one(batchOf(['c']), 'orders', 1)])).to.equal(null);
      expect(log.logEndOffset).to.equal(2);
    });

    it('hangs up when anything fails', async () => {
      await hangsUp(send(one(batchOf(['a']), 'nosuch')), /error 3 in partition 0 of nosuch/);
      await hangsUp(send([...one(batchOf(['b'])), ...one(null, 'orders', 1)]), /error 87 in partition 1 of orders/);
      log.offline = errors.KAFKA_STORAGE_ERROR;
      await hangsUp(send(one(batchOf(['c']))), /error 56/);
    });

    it('hangs up when the request is refused as a whole', async () => {
      const batch = batchOf(['a'], { transactional: true, producerId: 7, producerEpoch: 0, baseSequence: 0 });
      await hangsUp(send(one(batch)), /TRANSACTIONAL_ID_AUTHORIZATION_FAILED/);
    });
  });

  it('is advertised from version 0 on and answered from version 3 on', () => {
    expect(produce.advertised).to.deep.equal({ from: 0, to: 13 });
    expect(produce.versions).to.deep.equal({ from: 3, to: 13 });
  });
});
