/**
 * What real clients said to Apache Kafka 4.3.1, played to a Millrace of this process: every answer is the recorded one, or
 * the difference is in spec/fixtures/traffic/explained.json with its reason. In real time, since some requests wait.
 */
import { expect } from 'chai';
import type { Broker } from '../../lib/embedded/create-broker';
import { LearnedIds } from '../../lib/replay/ids/learned-ids';
import {
  basicMillrace,
  capturesInOrder,
  explainedDifferences,
  explainedIn,
  replayReference,
  unexplainedOf,
} from '../support/replaying';

describe('replay of the reference traffic', function () {
  this.timeout(60_000);
  const ids = new LearnedIds();
  const used = new Set<string>();
  let broker: Broker;
  before(async () => {
    broker = await basicMillrace();
  });
  after(() => broker.close());

  for (const capture of capturesInOrder()) {
    it(`shows nothing unexplained: ${capture}`, async () => {
      const run = replayReference(capture, broker, explainedIn('millrace', capture), { ids, settleMaxMs: 0 });
      expect(await unexplainedOf(run)).to.deep.equal([]);
      for (const reason of run.tally.allowed.keys()) used.add(reason);
      expect(run.tally.strays).to.equal(0);
      expect(run.tally.compared).to.be.above(5);
    });
  }

  it('needs every explanation', () => {
    const ours = explainedDifferences().filter(({ target }) => target === 'millrace');
    const lines = ours.map(({ path, reason }) => `${path}: ${reason}`);
    expect(lines.filter((line) => !used.has(line))).to.deep.equal([]);
  });
});
