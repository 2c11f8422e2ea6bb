import { expect } from 'chai';
import { GroupTimers } from '../../../lib/coordinators/groups/group-timers';
import type { TimerId } from '../../../lib/coordinators/groups/step';
import { clockAt, pass, timersOf } from '../../support/in-process';

const session: TimerId = { kind: 'session', member: 'a' };
const join: TimerId = { kind: 'join', member: '' };

describe('GroupTimers', () => {
  const clock = clockAt(1000);
  const fired: string[] = [];
  const timers = new GroupTimers(clock, (groupId, { kind, member }) =>
    fired.push(`${groupId} ${kind} ${member} ${clock.now()}`),
  );
  const taken = () => fired.splice(0);

  it('fires each timer once, when it is due', () => {
    timers.arm('g', session, 500);
    timers.arm('g', join, 100);
    timers.arm('h', session, 300);
    pass(clock, 1000);
    expect(taken()).to.deep.equal(['g join  1100', 'h session a 1300', 'g session a 1500']);
    pass(clock, 1000);
    expect(taken()).to.deep.equal([]);
  });

  it('moves a timer that is armed anew, to later and to sooner', () => {
    timers.arm('g', session, 500);
    pass(clock, 400);
    timers.arm('g', session, 500);
    pass(clock, 400);
    expect(taken()).to.deep.equal([]);
    pass(clock, 100);
    expect(taken()).to.deep.equal(['g session a 3900']);
    timers.arm('g', session, 500);
    timers.arm('g', session, 50);
    pass(clock, 1000);
    expect(taken()).to.deep.equal(['g session a 3950']);
  });

  it('waits no longer than it was to when the clock is set back', () => {
    timers.arm('g', session, 500);
    const armedMs = clock.now();
    let setBackMs = 0;
    const now = clock.now.bind(clock);
    clock.now = () => now() - setBackMs;
    setBackMs = 3_600_000;
    pass(clock, 1000);
    clock.now = now;
    expect(taken()).to.deep.equal([`g session a ${armedMs + 1000 - 3_600_000}`]);
  });

  it('needs one timer of the clock for a session, however often it is armed', () => {
    for (let i = 0; i < 100; i++) timers.arm('g', session, 500);
    expect(timersOf(clock)).to.equal(1);
    timers.disarm('g', session);
    expect(timersOf(clock)).to.equal(0);
  });

  it('forgets what is disarmed, and groups that are dropped', () => {
    timers.arm('g', session, 10);
    timers.arm('g', join, 10);
    timers.arm('h', join, 10);
    timers.disarm('g', join);
    timers.disarm('nobody', join);
    timers.drop('h');
    pass(clock, 100);
    expect(taken().map((line) => line.split(' ').slice(0, 2))).to.deep.equal([['g', 'session']]);
    timers.arm('g', session, 10);
    timers.clear();
    pass(clock, 100);
    expect(taken()).to.deep.equal([]);
    expect(timersOf(clock)).to.equal(0);
  });

  it('arms a timer anew while it fires', () => {
    const again = new GroupTimers(clock, (groupId, timer) => {
      fired.push(String(clock.now()));
      if (fired.length < 3) again.arm(groupId, timer, 10);
    });
    const from = clock.now();
    again.arm('g', join, 10);
    pass(clock, 100);
    expect(taken().map((at) => Number(at) - from)).to.deep.equal([10, 20, 30]);
  });
});
