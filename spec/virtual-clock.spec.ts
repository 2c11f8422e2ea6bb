import { pbkdf2 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, open, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { asyncScheduler, interval, take, timer, toArray } from 'rxjs';
import { virtualClock } from '../lib/virtual-clock';
import { rejected } from './support/thrown';

describe('virtualClock', () => {
  it('begins now, or when it is told to, and stands still', async () => {
    const before = asyncScheduler.now();
    const clock = virtualClock();
    expect(clock.now()).to.be.within(before, asyncScheduler.now());
    const other = virtualClock(5000);
    await other.advance(0);
    expect(other.now()).to.equal(5000);
  });

  it('runs what falls due, at the time it is due, and nothing else', async () => {
    const clock = virtualClock(0);
    const ran: [string, number][] = [];
    for (const [name, ms] of Object.entries({ late: 3000, early: 1000, never: 30_001 }))
      clock.schedule(() => ran.push([name, clock.now()]), ms);
    await clock.advance('30 s');
    expect(ran).to.deep.equal([
      ['early', 1000],
      ['late', 3000],
    ]);
    expect([clock.now(), clock.timers]).to.deep.equal([30_000, 1]);
  });

  it('runs timers by their times, and then by the order in which they were set', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 12 }), async (delays) => {
        const clock = virtualClock(0);
        const ran: number[] = [];
        for (const [index, ms] of delays.entries()) clock.schedule(() => ran.push(index), ms);
        await clock.advance(5);
        const expected = delays.map((ms, index) => ({ ms, index })).sort((a, b) => a.ms - b.ms || a.index - b.index);
        expect(ran).to.deep.equal(expected.map(({ index }) => index));
      }),
      { numRuns: 25 },
    ));

  it('does not run what was called off, not even by a timer of the same time', async () => {
    const clock = virtualClock(0);
    const ran: string[] = [];
    clock.schedule(() => {
      ran.push('first');
      second.unsubscribe();
    }, 10);
    const second = clock.schedule(() => ran.push('second'), 10);
    const third = clock.schedule(() => ran.push('third'), 10);
    third.unsubscribe();
    third.unsubscribe();
    await clock.advance(20);
    expect([ran, clock.timers]).to.deep.equal([['first'], 0]);
  });

  it('runs a timer that sets itself again as often as it falls due', async () => {
    const clock = virtualClock(0);
    const times: number[] = [];
    const again = clock.schedule(function () {
      times.push(clock.now());
      this.schedule(undefined, 10);
    }, 10);
    await clock.advance(35);
    expect(times).to.deep.equal([10, 20, 30]);
    again.unsubscribe();
    await clock.advance(35);
    expect([times.length, clock.timers]).to.deep.equal([3, 0]);
  });

  it('hands a timer its state, and lets what is due at once run in a later round of the same time', async () => {
    const clock = virtualClock(0);
    const seen: unknown[] = [];
    clock.schedule<string>(
      (state) => {
        seen.push(state);
        clock.schedule(() => seen.push(clock.now()));
      },
      5,
      'state',
    );
    await clock.advance(5);
    expect(seen).to.deep.equal(['state', 5]);
  });

  it('drives the operators of RxJS', async () => {
    const clock = virtualClock(0);
    const seen: unknown[] = [];
    interval(100, clock)
      .pipe(take(3), toArray())
      .subscribe((all) => seen.push(all));
    timer(250, clock).subscribe(() => seen.push('timer'));
    await clock.advance('1 s');
    expect(seen).to.deep.equal(['timer', [0, 1, 2]]);
    expect(clock.timers).to.equal(0);
  });

  it('lets files settle between one time and the next', async () => {
    const home = mkdtempSync(join(tmpdir(), 'millrace-clock-'));
    const path = join(home, 'file');
    const clock = virtualClock(0);
    const read: string[] = [];
    clock.schedule(() => void appendFile(path, 'a').then(() => appendFile(path, 'b')), 1);
    clock.schedule(() => void readFile(path, 'utf8').then((text) => read.push(text)), 2);
    await clock.advance(2);
    expect(read).to.deep.equal(['ab']);
    rmSync(home, { recursive: true });
  });

  it('waits for a file that is being closed, however long that takes', async () => {
    const handle = await open(__filename);
    const clock = virtualClock(0);
    const closed: string[] = [];
    clock.schedule(() => void handle.close().then(() => closed.push('closed')), 1);
    // What closes files has something else to do first.
    const busy = Array.from({ length: 8 }, () => promisify(pbkdf2)('a', 'b', 300_000, 32, 'sha256'));
    await clock.advance(2);
    expect(closed).to.deep.equal(['closed']);
    await Promise.all(busy);
  });

  it('takes one call after another, and keeps time with all of them', async () => {
    const clock = virtualClock(0);
    await Promise.all([clock.advance('1 s'), clock.advance('1 min')]);
    expect(clock.now()).to.equal(61_000);
  });

  it('refuses what is no duration, and goes on after it', async () => {
    const clock = virtualClock(0);
    expect(await rejected(clock.advance('soon')))
      .to.be.instanceOf(TypeError)
      .with.property('message')
      .that.includes('duration "soon"');
    await clock.advance(1);
    expect(clock.now()).to.equal(1);
    expect(() => virtualClock(Number.NaN)).to.throw(TypeError, 'no time');
  });
});
