import { expect } from 'chai';
import { wait } from '../../lib/taps/wait';
import { pass, timersOf } from '../support/in-process';
import { live, ruled } from '../support/stages';

describe('wait', () => {
  it('waits on the clock of the broker', () => {
    const { rules, clock } = ruled();
    let calls = 0;
    wait(live(rules), 50, () => calls++);
    pass(clock, 49);
    expect(calls).to.equal(0);
    pass(clock, 1);
    pass(clock, 100);
    expect(calls).to.equal(1);
  });

  it('waits no longer when nothing more is asked on the connection, and leaves no timer', () => {
    const { rules, clock } = ruled();
    const connection = live(rules);
    let calls = 0;
    wait(connection, 50, () => calls++);
    connection.wake();
    expect([calls, timersOf(clock)]).to.deep.equal([1, 0]);
    wait(connection, 50, () => calls++);
    expect([calls, timersOf(clock)], 'from the beginning').to.deep.equal([2, 0]);
  });

  it('does not wait where there is nothing to wait for, or no clock', () => {
    let calls = 0;
    wait(live(ruled().rules), 0, () => calls++);
    wait(live(), 50, () => calls++);
    expect(calls).to.equal(2);
  });
});
