import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { fineClock } from '../../lib/capture/fine-clock';
import { virtualClock } from '../../lib/virtual-clock';

describe('fineClock', () => {
  it('has microseconds by the real clock, and its milliseconds', () => {
    const now = fineClock(asyncScheduler);
    const moments = Array.from({ length: 1000 }, () => [asyncScheduler.now(), now(), asyncScheduler.now()] as const);
    expect(moments.filter(([before, at, after]) => at < before - 1 || at > after + 1)).to.deep.equal([]);
    expect(moments.some(([, at]) => !Number.isInteger(at))).to.equal(true);
  });

  it('leaves a clock that is given as it is', async () => {
    const clock = virtualClock(1000);
    const now = fineClock(clock);
    await clock.advance(5);
    expect(now()).to.equal(1005);
  });

  it('follows the clock that it refines where that goes elsewhere', () => {
    let [wallMs, elapsedMs] = [5000, 0];
    const now = fineClock({ now: () => wallMs, schedule: expect.fail }, () => elapsedMs);
    const at = (wall: number, elapsed: number) => {
      [wallMs, elapsedMs] = [wall, elapsed];
      return now();
    };
    expect(at(5000, 0.25)).to.equal(5000.25);
    expect(at(5100, 100.5), 'within the same ms').to.equal(5100.5);
    expect(at(9_000_000, 900.5), 'not looked at each time').to.equal(5900.5);
    expect(at(9_000_000, 1100.5), 'the machine slept').to.equal(9_000_000);
    expect(at(9_000_000, 1100.75)).to.equal(9_000_000.25);
    expect(at(8_000_000, 2200.5), 'it was set back').to.equal(8_000_000);
  });
});
