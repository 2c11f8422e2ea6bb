/**
 * Records that do not look as agreed never get into the log, and their producer is told which and why.
 *
 *     node examples/schema-check.js
 *
 * The broker is in this process, with data and a port of its own, and gone at the end.
 */
const { Kafka, logLevel } = require('kafkajs');
const { createBroker, errors, onReply, produce, taps } = require('millrace');

/** Any validator will do; this one wants an order with a number of things. */
function faultOf(value) {
  try {
    const order = JSON.parse(value?.toString() ?? '');
    if (typeof order.sku !== 'string') return 'sku: expected a text';
    if (!Number.isInteger(order.count) || order.count < 1) return `count: ${order.count}, expected at least 1`;
    return null;
  } catch {
    return 'not JSON';
  }
}

/** What it throws for a record is told of that record (KIP-467); none of its batch is written. */
const checkOrders = taps.mapRecords({
  topics: ['orders'],
  produce: ({ value }) => {
    const fault = faultOf(value);
    if (fault !== null) throw errors.INVALID_RECORD.because(fault);
  },
});

/** kafkajs does not show what is said of single records: this prints the answers as they leave. */
const tellErrors = onReply(produce, 'tell-errors', ({ responses }) => {
  for (const { errorMessage, recordErrors = [] } of responses.flatMap((topic) => topic.partitionResponses)) {
    if (recordErrors.length > 0) console.log(`the broker says: ${errorMessage}`);
    for (const { batchIndex, batchIndexErrorMessage } of recordErrors)
      console.log(`  record ${batchIndex}: ${batchIndexErrorMessage}`);
  }
});

async function main() {
  const broker = await createBroker({ topics: ['orders'] });
  broker.taps.add(checkOrders);
  broker.taps.add('replies', tellErrors);
  const { bootstrap } = await broker.listen();
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING });

  const producer = kafka.producer();
  await producer.connect();
  const send = (...orders) =>
    producer.send({ topic: 'orders', messages: orders.map((order) => ({ value: JSON.stringify(order) })) });
  await send({ sku: 'pen', count: 2 });
  await send({ sku: 'ink', count: 1 }, { sku: 'ink', count: 0 }, { count: 1 }).catch(({ type }) =>
    console.log(`kafkajs says: ${type}`),
  );
  await producer.disconnect();

  const records = await broker.records('orders').toArray();
  console.log(`in the log: ${records.map(({ value }) => value)}`);
  await broker.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
