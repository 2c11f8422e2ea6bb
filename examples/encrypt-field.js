/**
 * Encrypts one field of each record on its way in and decrypts it on its way out: clients see plain JSON, the log does not.
 *
 *     node examples/encrypt-field.js
 *
 * The broker is in this process, with data and a port of its own, and gone at the end.
 */
const { createCipheriv, createDecipheriv, randomBytes } = require('node:crypto');
const { Kafka, logLevel } = require('kafkajs');
const { createBroker, taps } = require('millrace');

/** In earnest, it would come from a key service: both functions below may be async. */
const key = randomBytes(32);

function encrypt(text) {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
}

function decrypt(sealed) {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8');
}

/** A record's JSON with another card number; what has none stays as it is. */
function withCard(record, change) {
  const payment = JSON.parse(record.value.toString());
  if (payment.card === undefined) return undefined;
  return { value: JSON.stringify({ ...payment, card: change(payment.card) }) };
}

const encryptCards = taps.mapRecords({
  topics: ['payments'],
  produce: (record) => withCard(record, encrypt),
  fetch: (record) => withCard(record, decrypt),
});

async function main() {
  const broker = await createBroker({ taps: encryptCards, topics: ['payments'] });
  const { bootstrap } = await broker.listen();
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR });

  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'payments', messages: [{ value: JSON.stringify({ amount: 12, card: '4111 1111' }) }] });
  await producer.disconnect();

  // Past the taps: what anybody would find on the disk.
  for await (const { value } of broker.records('payments')) console.log(`in the log: ${value}`);

  const consumer = kafka.consumer({ groupId: 'readers' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'payments', fromBeginning: true });
  await new Promise((resolve) => {
    consumer.run({
      eachMessage: async ({ message }) => {
        console.log(`to a client: ${message.value}`);
        resolve();
      },
    });
  });
  await consumer.disconnect();
  await broker.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
