import { expect } from 'chai';
import { Pace } from '../../lib/storage/pace';

describe('Pace', () => {
  let nowMs: number;
  let pace: Pace;
  const call = (ms: number) => {
    pace.time(() => {
      nowMs += ms;
    });
  };
  beforeEach(() => {
    nowMs = 1000;
    pace = new Pace(() => nowMs);
  });

  it('takes a disk for fast that it knows nothing of', () => {
    expect(pace.isFast).to.equal(true);
  });

  it('takes one stall for chance', () => {
    call(30);
    expect(pace.isFast).to.equal(true);
    for (let i = 0; i < 100; i++) call(0.01);
    call(30);
    expect(pace.isFast).to.equal(true);
  });

  it('avoids synchronous calls for a second once two in a row stalled', () => {
    call(30);
    call(0.01);
    call(12);
    expect(pace.isFast).to.equal(false);
    nowMs += 998;
    // What the page cache has is read all the same, and says nothing about the disk.
    call(0.5);
    expect(pace.isFast).to.equal(false);
    nowMs += 0.5;
    expect(pace.isFast).to.equal(false);
    nowMs += 1;
    expect(pace.isFast).to.equal(true);
  });

  it('tries again after that, and gives up at the first stall', () => {
    call(30);
    call(30);
    nowMs += 1000;
    call(20);
    expect(pace.isFast).to.equal(false);
  });

  it('measures calls that fail as well, and passes on what they say', () => {
    const failing = () =>
      pace.time(() => {
        nowMs += 30;
        throw new Error('EIO');
      });
    expect(failing).to.throw('EIO');
    expect(failing).to.throw('EIO');
    expect(pace.isFast).to.equal(false);
  });

  it('avoids synchronous calls while a flush runs', async () => {
    let finish = () => {};
    const flush = pace.flushing(() => new Promise<void>((resolve) => (finish = resolve)));
    expect(pace.isFast).to.equal(false);
    finish();
    await flush;
    expect(pace.isFast).to.equal(true);
  });
});
