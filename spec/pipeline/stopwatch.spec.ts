import { expect } from 'chai';
import { StageClock, Stopwatch, type Times, windowMs } from '../../lib/pipeline/stopwatch';

const noTimes = (): Times => ({ round: 0, messages: 0, totalMs: 0, maxMs: 0 });

/** A stopwatch whose clock stands until it is moved. */
function at(nowMs: number) {
  const clock = { nowMs };
  return { clock, watch: new Stopwatch(() => clock.nowMs) };
}

describe('Stopwatch', () => {
  it('times a message from its beginning to its end, without what later stages do meanwhile', () => {
    const { clock, watch } = at(0);
    const [outer, inner] = [noTimes(), noTimes()];
    watch.start();
    watch.time(outer, (ended) => {
      clock.nowMs += 2;
      watch.time(inner, (innerEnded) => {
        clock.nowMs += 5;
        innerEnded();
      });
      clock.nowMs += 1;
      ended();
    });
    expect(watch.read(outer)).to.deep.equal({ messages: 1, totalMs: 3, maxMs: 3 });
    expect(watch.read(inner)).to.deep.equal({ messages: 1, totalMs: 5, maxMs: 5 });
  });

  it('goes on where a message ends later', () => {
    const { clock, watch } = at(0);
    const times = noTimes();
    watch.start();
    let end = () => {};
    watch.time(times, (ended) => {
      clock.nowMs += 2;
      end = ended;
    });
    expect(watch.read(times)).to.deep.include({ messages: 0 });
    clock.nowMs += 40;
    end();
    end();
    expect(watch.read(times)).to.deep.equal({ messages: 1, totalMs: 42, maxMs: 42 });
  });

  it('lets errors through, and is right about who called whom afterwards', () => {
    const { clock, watch } = at(0);
    const times = noTimes();
    watch.start();
    const fails = () =>
      watch.time(times, () => {
        clock.nowMs += 3;
        throw new Error('no');
      });
    expect(fails).to.throw('no');
    watch.time(times, (ended) => {
      clock.nowMs += 4;
      ended();
    });
    expect(watch.read(times)).to.deep.equal({ messages: 1, totalMs: 4, maxMs: 4 });
  });

  it('stops by itself when nobody has asked for a while, and begins anew after that', () => {
    const { clock, watch } = at(0);
    const times = noTimes();
    expect([watch.isOn, watch.openMs, watch.read(times)]).to.deep.equal([false, null, null]);
    watch.start();
    watch.spent(times, 1);
    clock.nowMs = windowMs;
    watch.start();
    watch.spent(times, 2);
    expect([watch.openMs, watch.read(times)?.totalMs], 'asked again').to.deep.equal([windowMs, 3]);
    clock.nowMs += windowMs + 1;
    watch.time(times, (ended) => ended());
    expect(watch.isOn).to.equal(false);
    watch.start();
    expect([watch.openMs, watch.read(times)]).to.deep.equal([0, { messages: 0, totalMs: 0, maxMs: 0 }]);
    watch.stop();
    expect(watch.openMs).to.equal(null);
  });

  it('reads the clock of the machine unless it is given another', () => {
    const first = new Stopwatch().now();
    expect(new Stopwatch().now()).to.be.at.least(first);
  });
});

describe('StageClock', () => {
  it('measures while somebody wants to know, and nothing else', () => {
    const { clock, watch } = at(5);
    const times = noTimes();
    const own = new StageClock(watch, times);
    own.stop(own.start());
    expect(times.messages).to.equal(0);
    watch.start();
    const start = own.start();
    clock.nowMs += 10;
    own.stop(start, 4);
    expect(watch.read(times)).to.deep.equal({ messages: 1, totalMs: 6, maxMs: 6 });
  });
});
