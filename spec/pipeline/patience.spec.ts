import { expect } from 'chai';
import { Patience } from '../../lib/pipeline/patience';
import { pass, timersOf } from '../support/in-process';
import { live, ruled } from '../support/stages';

describe('Patience', () => {
  it('expires after the time of the rules, once, unless it was closed', () => {
    const { rules, clock } = ruled();
    let expired = 0;
    const patience = new Patience(live(rules), () => void expired++);
    patience.begin();
    pass(clock, 99);
    expect(expired).to.equal(0);
    pass(clock, 1);
    expect(expired).to.equal(1);
    const closed = new Patience(live(rules), () => void expired++);
    closed.begin();
    closed.close();
    closed.begin();
    pass(clock, 1000);
    expect([expired, timersOf(clock)]).to.deep.equal([1, 0]);
  });

  it('stands still while it is paused', () => {
    const { rules, clock } = ruled();
    let expired = 0;
    const patience = new Patience(live(rules), () => void expired++);
    patience.pause();
    patience.begin();
    pass(clock, 1000);
    expect(expired).to.equal(0);
    patience.resume();
    pass(clock, 100);
    expect(expired).to.equal(1);
  });

  it('leaves no timer behind when its connection is gone', () => {
    const { rules, clock } = ruled();
    const connection = live(rules);
    new Patience(connection, () => {}).begin();
    expect(timersOf(clock)).to.equal(1);
    connection.close();
    expect(timersOf(clock)).to.equal(0);
  });
});
