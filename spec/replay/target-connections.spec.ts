import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { Pace } from '../../lib/replay/pace';
import { targetOf } from '../../lib/replay/target';
import { TargetConnections } from '../../lib/replay/target-connections';
import { clockAt } from '../support/in-process';

describe('TargetConnections', () => {
  let made = 0;
  const connections = () => {
    made = 0;
    const connect = () => {
      made++;
      const [mine, theirs] = duplexPair();
      theirs.resume();
      return mine;
    };
    return new TargetConnections(targetOf({ connect }), new Pace(clockAt(0), null));
  };

  it('are one for each recorded one, opened when it is wanted', async () => {
    const all = connections();
    expect(made).to.equal(0);
    const one = await all.of(1);
    expect(await all.of(1)).to.equal(one);
    expect(await all.of(2)).not.to.equal(one);
    expect(made).to.equal(2);
  });

  it('are opened anew where they have ended', async () => {
    const all = connections();
    const one = await all.of(1);
    one.close();
    const another = await all.of(1);
    expect(another).not.to.equal(one);
    all.end(1, 'so');
    all.end(9);
    expect(another.over).to.equal('so');
    expect(await all.of(1)).not.to.equal(another);
  });

  it('end all at once, also those that come late', async () => {
    const all = connections();
    const one = await all.of(1);
    all.close();
    expect([one.over, (await all.of(2)).over]).to.deep.equal(['the replay ended', 'the replay ended']);
  });
});
