/**
 * Produces two records with kafkajs, reads them back in a consumer group, and shows what the group has committed.
 *
 *     node examples/hello.js [host:port]
 *
 * Run it again and the group goes on where it was: it reads the two new records only.
 */
const { Kafka, logLevel } = require('kafkajs');

const bootstrap = process.argv[2] ?? 'localhost:9092';
const topic = 'greetings';
const groupId = 'readers-of-greetings';

async function main() {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR, retry: { retries: 2 } });

  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });

  const producer = kafka.producer();
  await producer.connect();
  const [{ baseOffset }] = await producer.send({
    topic,
    messages: [
      { key: 'node', value: 'hello' },
      { key: 'node', value: `it is ${new Date().toISOString()}` },
    ],
  });
  await producer.disconnect();
  const last = Number(baseOffset) + 1;
  console.log(`two records are in ${topic}, partition 0, at offsets ${baseOffset} and ${last}`);

  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise((resolve) => {
    consumer.run({
      eachMessage: async ({ partition, message }) => {
        console.log(`read from partition ${partition}, offset ${message.offset}: ${message.value}`);
        if (Number(message.offset) === last) resolve();
      },
    });
  });
  // Leaves the group, and commits before it does.
  await consumer.disconnect();

  const [{ partitions }] = await admin.fetchOffsets({ groupId, topics: [topic] });
  console.log(`${groupId} goes on at offset ${partitions[0].offset}`);
  await admin.disconnect();
}

main().catch((error) => {
  console.error(`no luck with ${bootstrap}: ${error.message}`);
  process.exitCode = 1;
});
