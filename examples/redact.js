/**
 * A first stage: who describes a consumer group is not told from which hosts its members come.
 *
 *     node examples/redact.js
 *
 * The broker is in this process, with data and a port of its own, and gone at the end.
 */
const { Kafka, logLevel } = require('kafkajs');
const { createBroker, describeGroups, onReply } = require('millrace');

/** A stage never changes what it is given: it gives a new body, and shares with the old one what stays as it is. */
const redactHosts = onReply(describeGroups, 'redact-hosts', (body) => ({
  ...body,
  groups: body.groups.map((group) => ({
    ...group,
    members: group.members.map((member) => ({ ...member, clientHost: '/hidden' })),
  })),
}));

async function main() {
  const broker = await createBroker({ taps: { replies: [redactHosts] }, topics: ['orders'] });
  const { bootstrap } = await broker.listen();

  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({ groupId: 'readers' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders' });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({ eachMessage: async () => {} });
  await joined;

  const admin = kafka.admin();
  await admin.connect();
  const { groups } = await admin.describeGroups(['readers']);
  for (const { clientId, clientHost } of groups[0].members) console.log(`${clientId} reads from ${clientHost}`);

  await admin.disconnect();
  await consumer.disconnect();
  await broker.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
