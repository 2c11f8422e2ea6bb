/**
 * A broker inside a mocha test: nothing to install, to start or to clean up. kafkajs produces, and reads in a group.
 *
 *     npx mocha examples/in-mocha.spec.js
 *
 * The last test is what only a broker inside the test can do: its clock is the test's, so that nobody has to wait two
 * hours to see what is left then.
 */
const assert = require('node:assert/strict');
const { Kafka, logLevel } = require('kafkajs');
const { createBroker, virtualClock } = require('millrace');

describe('orders', () => {
  let broker;
  let kafka;

  beforeEach(async () => {
    broker = await createBroker({ topics: ['orders', { name: 'invoices', partitions: 3 }] });
    const { bootstrap } = await broker.listen();
    kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR });
  });
  afterEach(() => broker.close());

  it('reach a consumer group in order', async () => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: 'orders', messages: [{ value: 'one' }, { value: 'two' }] });
    await producer.disconnect();

    const consumer = kafka.consumer({ groupId: 'shop' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'orders', fromBeginning: true });
    const seen = [];
    await new Promise((resolve) => {
      const eachMessage = async ({ message }) => {
        if (seen.push(String(message.value)) === 2) resolve();
      };
      consumer.run({ eachMessage });
    });
    await consumer.disconnect();
    assert.deepEqual(seen, ['one', 'two']);
  });

  it('can be put in, and looked at, without any client', async () => {
    await broker.produce('invoices', [{ key: 'ada', value: '12.50', headers: { currency: 'EUR' } }]);
    const [invoice] = await broker.records('invoices').toArray();
    assert.equal(`${invoice.key} owes ${invoice.value} ${invoice.headers[0].value}`, 'ada owes 12.50 EUR');
  });
});

describe('orders, two hours later', () => {
  it('are gone', async () => {
    const clock = virtualClock();
    const config = { 'retention.ms': 60 * 60 * 1000 };
    const broker = await createBroker({ scheduler: clock, topics: [{ name: 'orders', config }] });
    await broker.produce('orders', ['old']);
    await clock.advance('2 h');
    assert.deepEqual(await broker.records('orders').toArray(), []);
    await broker.close();
  });
});
