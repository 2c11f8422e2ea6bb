/**
 * Produces two records with kafkajs and shows where they went.
 *
 *     node examples/hello.js [host:port]
 *
 * kafkajs reads through consumer groups only, which this broker does not coordinate yet; kcat and the Java tools read
 * what this wrote by partition:  kcat -C -e -b localhost:9092 -t greetings
 */
const { Kafka, logLevel } = require('kafkajs');

const bootstrap = process.argv[2] ?? 'localhost:9092';
const topic = 'greetings';

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
  console.log(`two records are in ${topic}, partition 0, at offsets ${baseOffset} and ${Number(baseOffset) + 1}`);

  const [{ low, high }] = await admin.fetchTopicOffsets(topic);
  console.log(`the partition holds offsets ${low} to ${Number(high) - 1}`);

  await producer.disconnect();
  await admin.disconnect();
}

main().catch((error) => {
  console.error(`no luck with ${bootstrap}: ${error.message}`);
  process.exitCode = 1;
});
