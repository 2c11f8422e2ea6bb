/**
 * May a setting be changed? What kafkajs says to a broker is recorded, and played to two others: one as it is, and one with
 * the setting. Where they answer each other otherwise is printed.
 *
 *     node examples/capture-diff.js
 *
 * The two may be any Kafka, given as `host:port`. From the command line it is `millrace --capture traffic.mrcap` and
 * `millrace diff --a host:port --b host:port traffic.mrcap`.
 */
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { Kafka, logLevel } = require('kafkajs');
const { capture, createBroker, diff, readCapture } = require('millrace');

/** What is recorded: a topic is made, and two records written to it, one of them larger than the new setting allows. */
async function work(bootstrap) {
  const kafka = new Kafka({ clientId: 'greeter', brokers: [bootstrap], logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'greetings' }] });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  for (const value of ['hello', 'hello '.repeat(500)])
    await producer.send({ topic: 'greetings', messages: [{ value }] });
  await producer.disconnect();
}

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'millrace-example-'));
  const file = join(dir, 'traffic.mrcap');

  // Values of records and whatever logs somebody in are left out, unless they are to be kept: { keep: ['values'] }.
  const recording = capture(file);
  const recorded = await createBroker({ taps: recording.taps });
  await work((await recorded.listen()).bootstrap);
  await recorded.close();
  const { frames } = await recording.close();
  console.log(`${frames} messages were recorded`);

  const a = await createBroker();
  const b = await createBroker({ config: { 'message.max.bytes': 1000 } });
  for (const broker of [a, b]) await broker.listen();
  const run = diff(readCapture(file), { a, b });
  for await (const { request, verdict, differences } of run) {
    if (verdict === 'differs') console.log(`${request.name} v${request.header.apiVersion}`);
    for (const { path, recorded: ofA, replayed: ofB, reason } of differences)
      if (reason === null) console.log(`  ${path}: a says ${ofA}, b says ${ofB}`);
  }
  console.log(`${run.tally.differences} of ${run.tally.compared} answers differ`);

  for (const broker of [a, b]) await broker.close();
  rmSync(dir, { recursive: true });
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
