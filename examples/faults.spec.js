/**
 * What goes wrong, on command, and what kafkajs does then: a fault for each test, said in a line.
 *
 *     npx mocha examples/faults.spec.js
 *
 * Each fault tells afterwards that it happened; the last lines of every test would fail if one had been left over.
 */
const assert = require('node:assert/strict');
const { EventEmitter, once } = require('node:events');
const { Kafka, logLevel } = require('kafkajs');
const { createBroker, createLogger, errors, fetch, heartbeat, metadata, produce } = require('millrace');

describe('kafkajs, when', () => {
  let broker;
  let kafka;
  const open = [];

  before(async () => {
    broker = await createBroker({
      logger: createLogger({ level: 'silent' }),
      topics: ['orders', { name: 'invoices', partitions: 2 }],
    });
    const { bootstrap } = await broker.listen();
    const retry = { initialRetryTime: 20, factor: 0, retries: 5 };
    kafka = new Kafka({ clientId: 'shop', brokers: [bootstrap], logLevel: logLevel.NOTHING, retry });
  });
  after(() => broker.close());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.disconnect()));
    assert.deepEqual(broker.faults.unfired.map(String), [], 'a fault that did not happen');
    await broker.reset();
  });

  async function connected(client) {
    open.push(client);
    await client.connect();
    return client;
  }
  const producer = (options) => connected(kafka.producer(options));
  const values = async (topic) => (await broker.records(topic).toArray()).map(({ value }) => String(value));

  /** A consumer of `orders`; gives what it has read so far, and how to wait for a value. */
  async function reading() {
    const quick = { heartbeatInterval: 100, maxWaitTimeInMs: 100, rebalanceTimeout: 1000 };
    const consumer = await connected(kafka.consumer({ groupId: 'readers', ...quick }));
    await consumer.subscribe({ topic: 'orders', fromBeginning: true });
    const seen = [];
    const read = new EventEmitter();
    const eachMessage = async ({ message }) => {
      seen.push(String(message.value));
      read.emit(String(message.value));
    };
    await consumer.run({ eachMessage });
    const until = async (value) => {
      if (!seen.includes(value)) await once(read, value);
    };
    return { seen, until };
  }

  it('replicas are missing: sends again until they are there', async () => {
    const client = await producer();
    const fault = broker.faults.on(produce, { topic: 'orders' }).times(3).fail(errors.NOT_ENOUGH_REPLICAS);
    await client.send({ topic: 'orders', messages: [{ value: 'one' }] });
    assert.equal(fault.fired, 3);
    assert.deepEqual(await values('orders'), ['one']);
  });

  it('one topic of two fails for good: the other is written, and the error says which it was', async () => {
    const client = await producer();
    broker.faults.on(produce, { topic: 'orders' }).fail(errors.TOPIC_AUTHORIZATION_FAILED);
    const topicMessages = ['orders', 'invoices'].map((topic) => ({
      topic,
      messages: [{ value: 'one', partition: 0 }],
    }));
    await assert.rejects(client.sendBatch({ topicMessages }), { type: 'TOPIC_AUTHORIZATION_FAILED', retriable: false });
    assert.deepEqual([await values('orders'), await values('invoices')], [[], ['one']]);
  });

  it('the reply is lost behind the append: sends again, and the record is there twice', async () => {
    const client = await producer();
    broker.faults.on(produce, { topic: 'orders' }).loseReply();
    await client.send({ topic: 'orders', messages: [{ value: 'one' }] });
    assert.deepEqual(await values('orders'), ['one', 'one']);
  });

  it('the reply is lost, and the producer is idempotent: the record is there once', async () => {
    const client = await producer({ idempotent: true, maxInFlightRequests: 1 });
    broker.faults.on(produce, { topic: 'orders' }).loseReply();
    await client.send({ topic: 'orders', messages: [{ value: 'one' }] });
    assert.deepEqual(await values('orders'), ['one']);
  });

  it('the connection drops at its first request: connects again', async () => {
    broker.faults.on({ clientId: 'shop' }).drop();
    const client = await producer();
    await client.send({ topic: 'orders', messages: [{ value: 'one' }] });
    assert.deepEqual(await values('orders'), ['one']);
  });

  it('the leader of a partition moves: looks for it, and goes on in its new epoch', async () => {
    const client = await producer();
    await client.send({ topic: 'orders', messages: [{ value: 'one' }] });
    const moved = await broker.faults.moveLeader('orders');
    await client.send({ topic: 'orders', messages: [{ value: 'two' }] });
    assert.equal(moved.isOver, true);
    assert.deepEqual(await values('orders'), ['one', 'two']);
  });

  it('the coordinator of its group moves: joins again, and reads once more what it had not committed', async () => {
    await broker.produce('orders', ['one']);
    const { seen, until } = await reading();
    await until('one');
    await broker.faults.moveCoordinator('readers').over;
    await broker.produce('orders', ['two']);
    await until('two');
    assert.deepEqual(seen, ['one', 'one', 'two']);
  });

  it('a heartbeat says that the member is unknown: joins as a new one', async () => {
    const { until } = await reading();
    await broker.faults.on(heartbeat, { group: 'readers' }).fail(errors.UNKNOWN_MEMBER_ID).over;
    await broker.produce('orders', ['one']);
    await until('one');
  });

  it('fetches fail: asks again', async () => {
    await broker.produce('orders', ['one']);
    const fault = broker.faults.on(fetch, { topic: 'orders' }).times(2).fail(errors.NOT_LEADER_OR_FOLLOWER);
    const { seen, until } = await reading();
    await until('one');
    assert.deepEqual([seen, fault.fired], [['one'], 2]);
  });

  it('the disk is full: finds no leader of that partition any more, and gives up; others go on', async () => {
    const client = await producer();
    broker.faults.disk({ on: 'write', error: 'ENOSPC', topic: 'invoices', partition: 0 });
    const send = (partition) => client.send({ topic: 'invoices', messages: [{ value: 'one', partition }] });
    await assert.rejects(send(0), /There is no leader/);
    await send(1);
  });

  it('it is told to slow down: sends its next request only then', async () => {
    const client = await producer();
    broker.faults.on(produce).throttle('150 ms');
    const began = performance.now();
    for (const value of ['one', 'two']) await client.send({ topic: 'orders', messages: [{ value }] });
    assert.ok(performance.now() - began > 140);
  });

  it('there is no memory for its request: waits until there is', async () => {
    const client = await producer();
    const fault = broker.faults.exhaustMemory();
    const sent = client.send({ topic: 'orders', messages: [{ value: 'one' }] });
    while (fault.fired === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(await values('orders'), []);
    fault.remove();
    await sent;
  });

  it('metadata comes late: waits for it', async () => {
    const fault = broker.faults.on(metadata).delay('100 ms');
    const client = await producer();
    await client.send({ topic: 'orders', messages: [{ value: 'one' }] });
    assert.equal(fault.fired, 1);
  });
});
