/**
 * What real clients said to Apache Kafka 4.3.1 and to Millrace, played to Apache Kafka 4.3.1: the answers are the recorded
 * ones. Holds the replay to its word, since whatever it rewrites wrongly would be a difference, and Millrace's answers to
 * Kafka's.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { LearnedIds } from '../../lib/replay/ids/learned-ids';
import { type ApacheKafka, format, missingKafka, startKafka } from '../support/apache-kafka';
import { clientsRequired } from '../support/conformance';
import {
  ageless,
  basicSettings,
  capturesInOrder,
  examplesInOrder,
  explainedIn,
  isOfMillrace,
  plainSettings,
  replayExample,
  replayReference,
  unexplainedOf,
} from '../support/replaying';

/** A Kafka for the specs around it, to which nothing has happened before the first of them. */
function freshKafka(properties: Readonly<Record<string, string>>): () => string {
  let home: string;
  let kafka: ApacheKafka;
  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'millrace-replay-'));
    const options = { logDir: join(home, 'data'), properties: { ...properties, ...ageless } };
    await format(options);
    kafka = await startKafka(options);
  });
  after(async () => {
    await kafka?.stop();
    rmSync(home, { recursive: true, force: true });
  });
  return () => kafka.bootstrap;
}

describe('replay to Apache Kafka', function () {
  this.timeout(120_000);
  const missing = missingKafka();
  if (missing !== null && !clientsRequired()) {
    it(`is skipped: ${missing}`);
    return;
  }

  describe('of what it was recorded saying', () => {
    const bootstrap = freshKafka(basicSettings());
    const ids = new LearnedIds();
    for (const capture of capturesInOrder()) {
      it(`shows nothing unexplained: ${capture}`, async () => {
        // A share group gets its partitions when its time has come, not when it asks.
        const options = capture === 'java-share' ? { ids, speed: 1 } : { ids };
        const run = replayReference(capture, bootstrap(), explainedIn('kafka', capture), options);
        expect(await unexplainedOf(run)).to.deep.equal([]);
        expect(run.tally.count('unserved')).to.equal(0);
      });
    }
  });

  describe('of what Millrace was recorded saying', () => {
    const bootstrap = freshKafka(plainSettings);
    // In the order of their page: kafkajs asks for all topics, and has to be the first.
    for (const name of examplesInOrder().filter(isOfMillrace)) {
      it(`shows nothing unexplained: ${name}`, async () => {
        const run = replayExample(name, bootstrap(), explainedIn('kafka', name));
        expect(await unexplainedOf(run)).to.deep.equal([]);
        expect(run.tally.compared).to.be.above(15);
        expect(run.tally.count('unserved')).to.equal(0);
      });
    }
  });
});
