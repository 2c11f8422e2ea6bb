/**
 * Traffic that somebody has recorded, played to a broker of this process: what does it answer otherwise?
 *
 *     node examples/replay.js
 *
 * The recording is of kafkajs with Apache Kafka 4.3.1. Topic ids, member ids and whatever else a broker gives out are another
 * broker's here, and are put in their places. `millrace replay FILE --to host:port` does the same from the command line.
 */
const { join } = require('node:path');
const { createBroker, readCapture, replay } = require('millrace');

/** A stage of one's own for recordings: it counts what goes through, and could as well change it or leave it out. */
async function* counted(recording, counts) {
  for await (const event of recording) {
    if (event.is === 'frame') counts[event.from]++;
    yield event;
  }
}

async function main() {
  const broker = await createBroker({ config: { 'group.initial.rebalance.delay.ms': 0 } });
  await broker.listen();
  const counts = { client: 0, broker: 0 };
  const recording = counted(readCapture(join(__dirname, 'captures/kafkajs-basic.mrcap')), counts);

  const run = replay(recording, broker, { ignore: ['**.leaderEpoch'] });
  for await (const { request, verdict, differences } of run) {
    console.log(`${request.name} v${request.header.apiVersion}: ${verdict}`);
    for (const { path, recorded, replayed, reason } of differences)
      if (reason === null) console.log(`  ${path}: recorded ${recorded}, replayed ${replayed}`);
  }

  console.log(`${counts.client} requests and ${counts.broker} answers were recorded`);
  console.log(`${run.tally.differences} of ${run.tally.compared} answers differ`);
  await broker.close();
}

main();
