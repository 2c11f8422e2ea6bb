/**
 * An API of one's own beside Kafka's: CountRecords says how many records a topic has, over the same port and pipeline.
 *
 *     node examples/custom-api.js
 *
 * The broker is in this process, with data and a port of its own, and gone at the end.
 */
const { once } = require('node:events');
const { connect } = require('node:net');
const { apis, createBroker, defineApi, errors, schema } = require('millrace');

const { array, int16, int32, long, string } = schema;

/** Kafka's own keys are small; ApiVersions lists this one among them. */
const countRecords = defineApi({
  key: 10_000,
  name: 'CountRecords',
  versions: '0-1',
  flexible: 'none',
  request: { topic: string() },
  response: {
    errorCode: int16(),
    // Fields know their versions, as in Kafka's definitions.
    partitions: array({ index: int32(), records: long() }).since(1).default([]),
    total: long().default(0),
  },
  // The same error, wherever this API can carry it: what handlers and stages throw ends here.
  refuse: (_body, error) => ({ errorCode: error.code }),
  handle({ topic }, _scope, { topics }) {
    const found = topics.byName(topic);
    if (found === undefined) throw errors.UNKNOWN_TOPIC_OR_PARTITION;
    const partitions = [...found.partitions].map(({ partition: index, highWatermark, logStartOffset }) => ({
      ...{ index, records: highWatermark - logStartOffset },
    }));
    return { errorCode: 0, partitions, total: partitions.reduce((sum, { records }) => sum + records, 0) };
  },
});

/** What any client in any language would send: length, header, body. */
function requestFrame(topic) {
  const text = (value) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
  const header = Buffer.alloc(8);
  header.writeInt16BE(countRecords.key, 0);
  header.writeInt16BE(0, 2); // version
  header.writeInt32BE(7, 4); // correlation id, which comes back with the answer
  const request = Buffer.concat([header, text('example'), text(topic)]);
  const length = Buffer.alloc(4);
  length.writeInt32BE(request.length);
  return Buffer.concat([length, request]);
}

async function main() {
  const broker = await createBroker({ apis: [...apis, countRecords], topics: [{ name: 'orders', partitions: 2 }] });
  await broker.produce('orders', [
    { value: 'a', partition: 0 },
    { value: 'b', partition: 1 },
    { value: 'c', partition: 1 },
  ]);

  const { total, partitions } = await broker.inject(countRecords, 1, { topic: 'orders' });
  console.log(`injected: ${total} records, ${partitions.map(({ records }) => records).join(' + ')}`);
  const { errorCode } = await broker.inject(countRecords, 1, { topic: 'none' });
  console.log(`injected, of a topic that there is not: error ${errorCode}`);

  const { host, port } = await broker.listen();
  const socket = connect(port, host);
  socket.write(requestFrame('orders'));
  const [answer] = await once(socket, 'data');
  console.log(`over a socket: correlation id ${answer.readInt32BE(4)}, ${answer.readBigInt64BE(10)} records`);
  socket.end();
  await broker.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
