/**
 * Two tenants on one broker, who both have a topic `orders` and a group `readers`, and do not see each other.
 *
 *     node examples/multi-tenant.js
 *
 * Who a client is, is told by its client id here; a listener for each tenant is the better lock. The same tap does it in a
 * proxy: createProxy({ upstream, taps: taps.tenantPrefix({ … }) }).
 */
const { Kafka, logLevel } = require('kafkajs');
const { createBroker, taps } = require('millrace');

/** Names of the broker begin with the tenant's; null is for who sees all of them. */
const tenants = taps.tenantPrefix({ prefix: ({ clientId }) => (clientId === 'operator' ? null : `${clientId}.`) });

async function main() {
  const broker = await createBroker({ taps: tenants });
  const { bootstrap } = await broker.listen();
  const clientOf = (clientId) => new Kafka({ clientId, brokers: [bootstrap], logLevel: logLevel.ERROR });

  for (const tenant of ['acme', 'globex']) await useAs(tenant, clientOf(tenant));

  const operator = clientOf('operator').admin();
  await operator.connect();
  console.log(`the operator sees the topics ${(await operator.listTopics()).filter(isOfTenants).sort().join(', ')}`);
  const { groups } = await operator.listGroups();
  console.log(
    `and the groups ${groups
      .map(({ groupId }) => groupId)
      .sort()
      .join(', ')}`,
  );
  await operator.disconnect();
  await broker.close();
}

const isOfTenants = (topic) => !topic.startsWith('__');

/** What a program does that knows nothing of tenants. */
async function useAs(tenant, kafka) {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'orders' }] });
  console.log(`${tenant} sees the topics ${(await admin.listTopics()).join(', ')}`);
  await admin.disconnect();

  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ value: `of ${tenant}` }] });
  await producer.disconnect();

  const consumer = kafka.consumer({ groupId: 'readers' });
  await consumer.connect();
  await consumer.subscribe({ topics: ['orders'], fromBeginning: true });
  const first = new Promise((resolve) => consumer.run({ eachMessage: async ({ message }) => resolve(message) }));
  console.log(`${tenant} reads: ${(await first).value}`);
  await consumer.disconnect();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
