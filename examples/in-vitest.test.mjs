/**
 * A broker inside a vitest test: nothing to install, to start or to clean up; kafkajs is the client. The last test
 * lets the broker lose an answer.
 *
 *     npx vitest run examples/in-vitest.test.mjs
 */
import { Kafka, logLevel } from 'kafkajs';
import { createBroker, produce } from 'millrace';
import { afterAll, beforeAll, expect, test } from 'vitest';

let broker;
let kafka;

beforeAll(async () => {
  broker = await createBroker({ topics: [{ name: 'readings', partitions: 2 }, 'alarms'] });
  const { bootstrap } = await broker.listen();
  kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING });
});
afterAll(() => broker.close());

test('records of a key are in one partition, in order', async () => {
  const producer = kafka.producer();
  await producer.connect();
  for (const value of ['3.5', '4', '4.5'])
    await producer.send({ topic: 'readings', messages: [{ key: 'north', value }] });
  await producer.disconnect();
  const readings = await broker.records('readings').toArray();
  expect(readings.map(({ value }) => String(value))).toEqual(['3.5', '4', '4.5']);
  expect(new Set(readings.map(({ partition }) => partition)).size).toBe(1);
});

test('a reply that is lost is no record twice, if the producer is idempotent', async () => {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: { initialRetryTime: 20 } });
  await producer.connect();
  const lost = broker.faults.on(produce, { topic: 'alarms' }).loseReply();
  await producer.send({ topic: 'alarms', messages: [{ value: 'frost' }] });
  await producer.disconnect();
  expect(lost.fired).toBe(1);
  expect((await broker.records('alarms').toArray()).map(({ value }) => String(value))).toEqual(['frost']);
});
