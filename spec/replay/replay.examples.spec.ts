/**
 * The recordings of examples/captures, each played to a Millrace of this process: every answer is the recorded one, or the
 * difference is in spec/fixtures/traffic/explained.json with its reason.
 */
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { LearnedIds } from '../../lib/replay/ids/learned-ids';
import {
  basicMillrace,
  examples,
  examplesInOrder,
  explainedIn,
  replayExample,
  settingsOf,
  unexplainedOf,
} from '../support/replaying';

/** Recordings that go on from another. */
const behind: Readonly<Record<string, string>> = { 'java-next': 'java-basic' };

describe('replay of examples/captures', function () {
  this.timeout(30_000);

  it('has a line for each in their README', () => {
    const files = readdirSync(examples).filter((file) => file !== 'README.md');
    expect(examplesInOrder().map((name) => `${name}.mrcap`)).to.have.members(files);
  });

  for (const name of examplesInOrder()) {
    it(`shows nothing unexplained: ${name}`, async () => {
      const broker = await basicMillrace(settingsOf(name));
      try {
        const ids = new LearnedIds();
        const before = behind[name];
        if (before !== undefined) await replayExample(before, broker, [], { ids }).run();
        const run = replayExample(name, broker, explainedIn('millrace', name), { ids });
        expect(await unexplainedOf(run)).to.deep.equal([]);
        expect(run.tally.compared).to.be.above(5);
        expect([run.tally.lost, run.tally.strays]).to.deep.equal([0, 0]);
      } finally {
        await broker.close();
      }
    });
  }
});
