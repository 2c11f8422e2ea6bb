/**
 * A broker that is unreliable by chance, and what kafkajs makes of it: every record arrives nevertheless.
 *
 *     node examples/chaos.js [seed]
 *
 * The same seed decides the same about the n-th Produce and the n-th Metadata. The broker is in this process.
 */
const { Kafka, logLevel } = require('kafkajs');
const { createBroker, errors, metadata, produce, taps } = require('millrace');

const seed = Number(process.argv[2] ?? 7);
const happened = [];

const unreliable = taps.chaos({
  seed,
  rules: [
    {
      apis: [produce],
      delay: 0.3,
      delayMs: [1, 20],
      refuse: 0.2,
      errors: [errors.NOT_LEADER_OR_FOLLOWER, errors.NOT_ENOUGH_REPLICAS],
      // The records are in the log, and the producer does not hear of it: it sends them again.
      loseAnswer: 0.1,
    },
    { apis: [metadata], delay: 0.5 },
  ],
  onDecision: (decision) => happened.push(decision),
});

async function main() {
  const broker = await createBroker({ taps: unreliable, topics: ['orders'] });
  const { bootstrap } = await broker.listen();
  const retry = { initialRetryTime: 20, maxRetryTime: 100, retries: 20 };
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING, retry });

  // Idempotent: what is sent again is in the log once.
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry });
  await producer.connect();
  for (let i = 0; i < 30; i++) await producer.send({ topic: 'orders', messages: [{ value: `order ${i}` }] });
  await producer.disconnect();

  for (const { api, number, delayMs, refused, lostAnswer } of happened.filter(({ api }) => api === 'Produce')) {
    const what = [delayMs > 0 && `waits ${delayMs} ms`, refused, lostAnswer && 'loses its answer'].filter(Boolean);
    console.log(`${api} ${number}: ${what.join(', ')}`);
  }
  const values = (await broker.records('orders').toArray()).map(({ value }) => value.toString());
  console.log(`${values.length} records in the log, ${new Set(values).size} different ones`);
  if (values.length !== 30) process.exitCode = 1;
  await broker.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
