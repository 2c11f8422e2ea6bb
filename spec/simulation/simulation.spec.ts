import { expect } from 'chai';
import { Ledger } from './ledger';
import { simulate } from './simulate';

describe('simulate', function () {
  this.timeout(30_000);

  it('is the same life, byte for byte, each time that a seed is given, and another one for another seed', async () => {
    // What is loaded at its first use is loaded by the first life.
    await simulate(1);
    const [first, again, other] = [await simulate(2), await simulate(2), await simulate(3)];
    expect(first.acknowledged).to.be.greaterThan(0);
    expect([again.transcript, again.files]).to.deep.equal([first.transcript, first.files]);
    expect(other.transcript).not.to.equal(first.transcript);
    expect(other.files).not.to.equal(first.files);
  });

  for (let seed = 10; seed < 22; seed++) {
    it(`finds nothing wrong in seed ${seed}`, async () => {
      const { faults, acknowledged } = await simulate(seed);
      expect(faults, `npm run simulate -- --seed ${seed} --verbose`).to.deep.equal([]);
      expect(acknowledged).to.be.greaterThan(0);
    });
  }

  it('tells what happens to whoever listens', async () => {
    const lines: string[] = [];
    await simulate(4, (line) => lines.push(line));
    expect(lines.some((line) => line.endsWith('the broker is up'))).to.equal(true);
    expect(lines.some((line) => line.includes('fault: '))).to.equal(true);
  });
});

describe('Ledger', () => {
  const logs = (...values: string[]) => new Map([['a-0', values.map((value, offset) => ({ offset, value }))]]);

  function faults(tell: (ledger: Ledger) => void, log = logs('p:0', 'p:1')): readonly string[] {
    const ledger = new Ledger();
    ledger.sends('a-0', ['p:0', 'p:1', 'p:2']);
    tell(ledger);
    ledger.close(log);
    return ledger.faults;
  }

  it('is content where all is there', () => {
    const all = (ledger: Ledger) => {
      ledger.noDuplicates('p');
      ledger.ackedAt('a-0', 0, ['p:0', 'p:1']);
      ledger.reads('a-0', { offset: 1, value: 'p:1' });
      ledger.commits('g', 'a-0', 2);
      ledger.committedAt('g', 'a-0', 2);
      ledger.told('g', 'a-0', 2, 2);
      ledger.owns('g a-0', 'm1');
      ledger.letsGo('g a-0', 'm1');
      ledger.owns('g a-0', 'm2');
    };
    expect(faults(all)).to.deep.equal([]);
  });

  const wrong: [string, (ledger: Ledger) => void, string[] | null, string][] = [
    [
      'a record that was lost',
      (one) => one.ackedAt('a-0', 1, ['p:1', 'p:2']),
      null,
      'was acknowledged p:1,p:2 at offset 1',
    ],
    ['a log that was lost', (one) => one.ackedAt('b-0', 0, ['p:0']), null, 'b-0 was acknowledged p:0'],
    ['a record that is there twice', (one) => one.noDuplicates('p'), ['p:0', 'p:0'], 'p:0 twice'],
    ['records out of order', () => {}, ['p:1', 'p:0'], 'p:0 behind 1'],
    ['a record of nobody', () => {}, ['p:9'], 'p:9 at offset 0, which nobody sent'],
    [
      'a record read that is not there',
      (one) => one.reads('a-0', { offset: 0, value: 'p:1' }),
      null,
      'p:1 was read at offset 0',
    ],
    ['an offset that went back', (one) => one.told('g', 'a-0', -1, 2), null, 'offset -1 of a-0, but 2 was committed'],
    ['an offset of nobody', (one) => one.told('g', 'a-0', 7, -1), null, 'offset 7 of a-0, which nobody committed'],
    [
      'two owners',
      (one) => {
        one.owns('g a-0', 'm1');
        one.owns('g a-0', 'm2');
      },
      null,
      'g a-0 has two owners: m1 and m2',
    ],
  ];
  for (const [name, tell, log, message] of wrong) {
    it(`sees ${name}`, () => {
      expect(faults(tell, log === null ? undefined : logs(...log)).join()).to.include(message);
    });
  }
});
