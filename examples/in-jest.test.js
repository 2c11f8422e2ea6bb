/**
 * A broker inside a jest test: nothing to install, to start or to clean up; kafkajs is the client.
 *
 *     npx jest examples/in-jest.test.js
 */
const { Kafka, logLevel } = require('kafkajs');
const { createBroker } = require('millrace');

describe('greetings', () => {
  let broker;
  let kafka;

  beforeAll(async () => {
    broker = await createBroker({ topics: ['greetings'] });
    const { bootstrap } = await broker.listen();
    kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR });
  });
  // A topic that is empty again takes a millisecond or two; a new broker would take twenty.
  beforeEach(() => broker.reset());
  afterAll(() => broker.close());

  test('are in the log once they are sent', async () => {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: 'greetings', messages: [{ key: 'ada', value: 'hello' }] });
    await producer.disconnect();
    const greetings = await broker.records('greetings').toArray();
    expect(greetings.map(({ key, value }) => `${key}: ${value}`)).toEqual(['ada: hello']);
  });

  test('reach a consumer that comes later', async () => {
    await broker.produce('greetings', ['good morning']);
    const consumer = kafka.consumer({ groupId: 'readers' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'greetings', fromBeginning: true });
    const greeting = await new Promise((resolve) => {
      consumer.run({ eachMessage: async ({ message }) => resolve(String(message.value)) });
    });
    await consumer.disconnect();
    expect(greeting).toBe('good morning');
  });
});
