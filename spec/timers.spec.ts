import { expect } from 'chai';
import { every, timerMaxMs } from '../lib/timers';
import { clockAt, pass, timersOf } from './support/in-process';

describe('every', () => {
  it('acts after each period until it is ended', () => {
    const clock = clockAt(1000);
    const times: number[] = [];
    const acting = every(clock, 300, () => times.push(clock.now()));
    pass(clock, 1000);
    expect(times).to.deep.equal([1300, 1600, 1900]);
    acting.unsubscribe();
    pass(clock, 1000);
    expect(times).to.have.length(3);
    expect(timersOf(clock)).to.equal(0);
  });

  it('waits no longer than a timer can', () => {
    const clock = clockAt(0);
    every(clock, 1e15, () => {});
    expect(clock.actions[0]?.delay).to.equal(timerMaxMs);
  });
});
