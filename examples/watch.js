/**
 * What clients and a broker say to each other, while they say it: the traffic of kafkajs as an RxJS pipeline.
 *
 *     node examples/watch.js
 *
 * The same stages watch a proxy before any Kafka: `createProxy({ upstream: 'kafka:9092', taps: live.taps })`. From the command
 * line it is `millrace traffic --live --upstream kafka:9092`.
 */
const { Kafka, logLevel } = require('kafkajs');
const { filter, from, map } = require('rxjs');
const { callsOf, createBroker, watch } = require('millrace');

async function main() {
  // Values of records and whatever logs somebody in are left out, unless they are to be kept.
  const live = watch({ keep: ['values'] });
  const broker = await createBroker({ topics: ['greetings'], taps: live.taps });
  const { bootstrap } = await broker.listen();

  const calls$ = from(callsOf(live)).pipe(
    filter(({ is }) => is === 'answered'),
    map(({ request, answer }) => ({
      api: request.name,
      client: request.header.clientId,
      ms: answer.latencyMs,
      request,
    })),
  );
  const done = new Promise((resolve, reject) => {
    calls$.subscribe({
      next: ({ api, client, ms, request }) => {
        console.log(`${client} asked ${api} and waited ${ms.toFixed(1)} ms`);
        if (api === 'Produce') console.log('  of', request.body.body.topicData.map(({ name }) => name).join(', '));
      },
      error: reject,
      complete: resolve,
    });
  });

  const kafka = new Kafka({ clientId: 'greeter', brokers: [bootstrap], logLevel: logLevel.ERROR });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'greetings', messages: [{ value: 'hello' }, { value: 'world' }] });
  await producer.disconnect();

  await broker.close();
  live.close();
  await done;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
