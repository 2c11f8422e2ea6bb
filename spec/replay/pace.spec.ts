import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { Pace } from '../../lib/replay/pace';
import { clockAt, pass, timersOf } from '../support/in-process';

describe('Pace', () => {
  it('waits for nothing without a speed', () => {
    const pace = new Pace(clockAt(0), null);
    expect([pace.until(0), pace.until(60_000), pace.stretched(500)]).to.deep.equal([null, null, 500]);
  });

  it('waits for recorded times, so many times as fast', async () => {
    const clock = clockAt(1_000_000);
    const pace = new Pace(clock, 10);
    expect(pace.until(5000)).to.equal(null);
    let isDue = false;
    const due = pace.until(7000)!.then(() => {
      isDue = true;
    });
    pass(clock, 199);
    await Promise.resolve();
    expect(isDue).to.equal(false);
    pass(clock, 1);
    await due;
    expect(pace.stretched(500)).to.equal(50);
  });

  it('does not wait for what is late', () => {
    const clock = clockAt(0);
    const pace = new Pace(clock, 1);
    pace.until(0);
    pass(clock, 5000);
    expect(pace.until(4000)).to.equal(null);
  });

  it('calls what is late, unless it is called off', () => {
    const clock = clockAt(0);
    const pace = new Pace(clock, null);
    const late: string[] = [];
    pace.deadline(10, () => late.push('a'));
    pace.deadline(10, () => late.push('b'))();
    pass(clock, 10);
    expect(late).to.deep.equal(['a']);
  });

  it('waits for nothing any more once it was stopped', async () => {
    const clock = clockAt(0);
    const pace = new Pace(clock, 1);
    pace.until(0);
    const due = pace.until(60_000);
    pace.stop();
    await due;
    await pace.wait(60_000);
    expect(timersOf(clock)).to.equal(0);
  });

  it('knows its own time in fractions of a ms, where the clock is the real one', () => {
    const pace = new Pace(asyncScheduler, null);
    const seen = new Set<number>();
    for (let i = 0; i < 1000; i++) seen.add(pace.now());
    expect([...seen].some((ms) => !Number.isInteger(ms))).to.equal(true);
    expect(new Pace(clockAt(5), null).now()).to.equal(5);
  });
});
