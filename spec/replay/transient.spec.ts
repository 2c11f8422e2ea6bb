import { expect } from 'chai';
import type { Difference } from '../../lib/replay/compare/compare';
import { GivenUp, isNotReady, maySettle, wasNotReady } from '../../lib/replay/transient';

const differs = (name: string, recorded: unknown, replayed: unknown): Difference => ({
  path: name,
  field: `Api.${name}`,
  recorded,
  replayed,
  what: null,
  reason: null,
});
const error = (recorded: number, replayed: number) => differs('errorCode', recorded, replayed);

describe('isNotReady', () => {
  it('says so of errors that pass, where there were none', () => {
    expect(isNotReady([error(0, 15), differs('nodeId', 1, -1)])).to.equal(true);
    expect(isNotReady([error(79, 16)])).to.equal(true);
    expect(isNotReady([error(0, 15), error(0, 29)])).to.equal(false);
    expect(isNotReady([error(15, 15)])).to.equal(false);
    expect(isNotReady([differs('nodeId', 1, 15)])).to.equal(false);
  });
});

describe('GivenUp', () => {
  it('knows what was waited for in vain, by error and place, until something is made', () => {
    const givenUp = new GivenUp();
    const other = { ...error(0, 3), path: 'other.errorCode' };
    expect(givenUp.has([error(0, 3)])).to.equal(false);
    givenUp.add([error(0, 3)]);
    expect([[error(0, 3)], [error(0, 5)], [error(0, 3), other]].map((all) => givenUp.has(all))).to.deep.equal([
      true,
      false,
      false,
    ]);
    givenUp.clear();
    expect(givenUp.has([error(0, 3)])).to.equal(false);
  });
});

describe('wasNotReady', () => {
  it('gives a reason where the recorded broker had an error that passes, and the target none', () => {
    const [first, second] = wasNotReady([error(15, 0), differs('nodeId', -1, 1)]);
    expect([first?.reason, second?.reason]).to.deep.equal(Array(2).fill('the recorded broker was not ready yet'));
  });

  it('gives none for a topic that was not there: that may have been the truth', () => {
    expect(wasNotReady([error(3, 0)])[0]?.reason).to.equal(null);
  });
});

describe('maySettle', () => {
  it('is true of what only looks', () => {
    for (const name of ['Metadata', 'DescribeConfigs', 'ListGroups', 'ConsumerGroupDescribe', 'OffsetFetch'])
      expect(maySettle(name), name).to.equal(true);
    for (const name of ['Produce', 'Fetch', 'ListOffsets', 'JoinGroup', 'CreateTopics', 'ConsumerGroupHeartbeat'])
      expect(maySettle(name), name).to.equal(false);
  });
});
