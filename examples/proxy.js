/**
 * A proxy in front of a broker, with a tap: who takes how long, told for every request that passes.
 *
 *     node examples/proxy.js
 *
 * The broker behind it is a Millrace of this process, and may be any Kafka: `upstream` is its address. Clients are told
 * of the proxy only, so that all they ask goes through it.
 */
const { Kafka, logLevel } = require('kafkajs');
const { around, createBroker, createProxy } = require('millrace');

/** A stage around each call: the broker is what answers `next()`. */
const timed = around('timed', async ({ request }, next) => {
  const start = performance.now();
  const answer = await next();
  const tookMs = (performance.now() - start).toFixed(1);
  console.log(`${request.header.clientId}: ${request.api.name} v${request.version} took ${tookMs} ms`);
  return answer;
});

async function main() {
  const broker = await createBroker({ topics: ['orders'] });
  const { bootstrap: upstream } = await broker.listen();

  const proxy = createProxy({ upstream, taps: { calls: [timed] } });
  const { bootstrap } = await proxy.listen();
  console.log(`the proxy at ${bootstrap} is before ${upstream}`);

  const kafka = new Kafka({ clientId: 'shop', brokers: [bootstrap], logLevel: logLevel.ERROR });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ value: 'a book' }, { value: 'a lamp' }] });
  await producer.disconnect();

  // While it runs: from here on, the broker is slow.
  const remove = proxy.taps.add(
    'calls',
    around('slow', async (_call, next) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return next();
    }),
  );
  const admin = kafka.admin();
  await admin.connect();
  const [{ high }] = await admin.fetchTopicOffsets('orders');
  console.log(`${high} records are in orders`);
  remove();
  await admin.disconnect();

  await proxy.close();
  await broker.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
