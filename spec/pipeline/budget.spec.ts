import { expect } from 'chai';
import fc from 'fast-check';
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
