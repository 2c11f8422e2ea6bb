/**
 * A broker inside Node's own test runner: one broker for the file, kafkajs as the client, a consumer group.
 *
 *     node --test examples/in-node-test.js
 */
const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { Kafka, logLevel } = require('kafkajs');
const { createBroker } = require('millrace');

let broker;
let kafka;

before(async () => {
  broker = await createBroker({ topics: [{ name: 'readings', partitions: 2 }] });
  const { bootstrap } = await broker.listen();
  kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR });
});
after(() => broker.close());

test('what the broker holds already reaches a consumer group', async () => {
  await broker.produce('readings', [
    { key: 'north', value: '3.5' },
    { key: 'south', value: '19' },
  ]);

  const consumer = kafka.consumer({ groupId: 'weather' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'readings', fromBeginning: true });
  const seen = new Map();
  await new Promise((resolve) => {
    const eachMessage = async ({ message }) => {
      seen.set(String(message.key), String(message.value));
      if (seen.size === 2) resolve();
    };
    consumer.run({ eachMessage });
  });
  await consumer.disconnect();
  assert.deepEqual(seen, new Map(Object.entries({ north: '3.5', south: '19' })));
});

test('what a producer sends is in the log, and where', async () => {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'readings', messages: [{ key: 'north', value: '4', headers: { unit: 'C' } }] });
  await producer.disconnect();
  const readings = await broker.records('readings').toArray();
  const latest = readings.filter(({ key }) => String(key) === 'north').at(-1);
  assert.equal(`${latest.value} ${latest.headers[0].value}`, '4 C');
});
