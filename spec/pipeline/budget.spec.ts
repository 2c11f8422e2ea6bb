import { expect } from 'chai';
import fc from 'fast-check';
import { VirtualAction, VirtualTimeScheduler } from 'rxjs';
import { type Account, Budget } from '../../lib/pipeline/budget';

describe('Budget', () => {
  it('grants what fits at once and the rest in the order of asking', () => {
    const budget = new Budget(100);
    const [a, b, c] = [budget.account(1000), budget.account(1000), budget.account(1000)];
    const granted: string[] = [];
    expect(a.take(80, () => {})).to.equal(true);
    expect(b.take(30, () => granted.push('b'))).to.equal(false);
    expect(c.take(10, () => granted.push('c'))).to.equal(false);
    expect(budget.used).to.equal(80);
    a.give(80);
    expect(granted).to.deep.equal(['b', 'c']);
    expect(budget.used).to.equal(40);
  });

  it('lets an idle broker take a frame larger than its limit, and then nothing beside it', () => {
    const budget = new Budget(10);
    const [a, b] = [budget.account(1000), budget.account(1000)];
    expect(a.take(50, () => {})).to.equal(true);
    expect(b.take(1, () => {})).to.equal(false);
  });

  it('holds one connection to its own limit while others go on', () => {
    const budget = new Budget(1000);
    const [a, b] = [budget.account(100), budget.account(100)];
    let later = false;
    expect(a.take(90, () => {})).to.equal(true);
    expect(a.take(20, () => (later = true))).to.equal(false);
    expect(b.take(90, () => {})).to.equal(true);
    a.give(90);
    expect(later).to.equal(true);
    expect(a.used).to.equal(20);
  });

  it('gives back what a closed connection had, once, and forgets what it waited for', () => {
    const budget = new Budget(100);
    const [a, b, c] = [budget.account(1000), budget.account(1000), budget.account(1000)];
    a.take(100, () => {});
    b.take(60, () => expect.fail('closed connections get nothing'));
    let served = false;
    c.take(70, () => (served = true));
    b.close();
    a.close();
    a.give(100);
    expect(served).to.equal(true);
    expect(budget.used).to.equal(70);
  });

  describe('frames that come in over several reads', () => {
    const never = () => expect.fail('nobody had to wait');

    it('are charged for what is there, not for what is announced', () => {
      const budget = new Budget(100);
      const [a, b] = [budget.account(1000), budget.account(1000)];
      expect(a.begin(90, 5, never)).to.equal(true);
      expect(b.take(80, never)).to.equal(true);
      expect(a.more(10, never)).to.equal(true);
      expect(budget.used).to.equal(95);
    });

    it('leave half of the room to whole frames, and wait behind them', () => {
      const budget = new Budget(100);
      const [a, b, c, d] = Array.from({ length: 4 }, () => budget.account(1000)) as [
        Account,
        Account,
        Account,
        Account,
      ];
      const granted: string[] = [];
      expect(a.begin(90, 30, never)).to.equal(true);
      expect(b.begin(90, 30, () => granted.push('b'))).to.equal(false);
      expect(c.take(60, never)).to.equal(true);
      expect(d.take(60, () => granted.push('d'))).to.equal(false);
      c.give(60);
      expect(granted).to.deep.equal(['d']);
      a.close();
      d.give(60);
      expect(granted).to.deep.equal(['d', 'b']);
    });

    it('count in full against the limit of their connection', () => {
      const budget = new Budget(1000);
      const a = budget.account(100);
      let begun = false;
      expect(a.take(50, never)).to.equal(true);
      expect(a.begin(90, 5, () => (begun = true))).to.equal(false);
      a.give(50);
      expect(begun).to.equal(true);
      expect(a.more(85, never)).to.equal(true);
      expect(a.used).to.equal(90);
    });

    it('never wait for each other: the one that began first goes on past the limit', () => {
      const budget = new Budget(100);
      const [a, b, c] = [budget.account(1000), budget.account(1000), budget.account(1000)];
      const granted: string[] = [];
      a.begin(90, 25, never);
      b.begin(90, 25, never);
      expect(b.more(40, () => granted.push('b'))).to.equal(false);
      expect(c.take(60, () => granted.push('c'))).to.equal(false);
      expect(a.more(65, never)).to.equal(true);
      a.finish();
      expect(granted).to.deep.equal(['b']);
      b.finish();
      expect(granted).to.deep.equal(['b']);
      a.give(90);
      expect(granted).to.deep.equal(['b']);
      b.give(65);
      expect(granted).to.deep.equal(['b', 'c']);
      expect(budget.used).to.equal(60);
    });

    it('are given up when they stop while others wait, and only then', () => {
      const scheduler = new VirtualTimeScheduler(VirtualAction);
      const pass = (ms: number) => {
        scheduler.schedule(() => {}, ms);
        scheduler.maxFrames = scheduler.frame + ms;
        scheduler.flush();
      };
      const budget = new Budget(100, scheduler);
      const [a, b, c] = [budget.account(1000), budget.account(1000), budget.account(1000)];
      const givenUp: string[] = [];
      for (const [name, account] of Object.entries({ a, b, c })) {
        account.giveUp = () => {
          givenUp.push(name);
          account.close();
        };
      }
      a.begin(90, 25, never);
      b.begin(90, 25, never);
      pass(60_000);
      expect(givenUp).to.deep.equal([]);
      let served = false;
      c.take(60, () => (served = true));
      pass(1000);
      a.more(1, never);
      pass(1500);
      expect([givenUp, served]).to.deep.equal([['b'], true]);
      pass(60_000);
      expect(givenUp).to.deep.equal(['b']);
      expect(budget.used).to.equal(86);
    });
  });

  it('never exceeds its limit by more than one frame and never loses a byte', () => {
    const steps = fc.array(
      fc.record({
        who: fc.nat(4),
        what: fc.constantFrom('take', 'give', 'close'),
        bytes: fc.integer({ min: 1, max: 60 }),
      }),
    );
    fc.assert(
      fc.property(steps, (list) => {
        const budget = new Budget(100);
        const accounts: Account[] = Array.from({ length: 5 }, () => budget.account(80));
        const held: number[][] = accounts.map(() => []);
        const waits = accounts.map(() => false);
        const closed = accounts.map(() => false);
        for (const { who, what, bytes } of list) {
          const account = accounts[who]!;
          if (closed[who]) continue;
          if (what === 'take' && !waits[who]) {
            waits[who] = true;
            const got = () => {
              waits[who] = false;
              held[who]!.push(bytes);
            };
            if (account.take(bytes, got)) got();
          } else if (what === 'give' && held[who]!.length > 0) account.give(held[who]!.shift()!);
          else if (what === 'close') {
            closed[who] = true;
            held[who] = [];
            account.close();
          }
          const sum = held.flat().reduce((a, b) => a + b, 0);
          expect(budget.used).to.equal(sum);
          expect(sum).to.be.at.most(100);
          const stuck = waits.some((waiting, i) => waiting && !closed[i]);
          if (stuck) expect(sum).to.be.greaterThan(0);
        }
      }),
    );
  });
});

describe('Budget.exhaust', () => {
  it('holds up whoever begins, until it is given back, once', () => {
    const budget = new Budget(100);
    const [early, late] = [budget.account(100), budget.account(100)];
    early.take(60, () => {});
    let waits = 0;
    const giveBack = budget.exhaust(() => waits++);
    let isServed = false;
    const isTaken = late.take(10, () => {
      isServed = true;
    });
    early.give(60);
    expect([isTaken, isServed, waits, budget.used]).to.deep.equal([false, false, 1, 100]);
    giveBack();
    giveBack();
    expect([isServed, budget.used]).to.deep.equal([true, 10]);
  });
});
