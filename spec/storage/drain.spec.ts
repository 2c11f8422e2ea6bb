import { expect } from 'chai';
import { Subject } from 'rxjs';
import { drain, endOfTurn } from '../../lib/storage/drain';

/** A drain whose bursts end when the spec says so. */
function setUp(work: (group: number[]) => void | Promise<void>) {
  const source = new Subject<number>();
  const waiting: (() => void)[] = [];
  let completed = false;
  const subscription = source
    .pipe(drain(work, (run) => waiting.push(run)))
    .subscribe({ complete: () => (completed = true) });
  const endBurst = () => {
    for (const run of waiting.splice(0)) run();
  };
  return { source, waiting, endBurst, subscription, isCompleted: () => completed };
}

describe('drain', () => {
  it('hands on what a burst brought, in order, in one group', () => {
    const groups: number[][] = [];
    const { source, endBurst, waiting } = setUp((group) => void groups.push(group));
    for (const value of [1, 2, 3]) source.next(value);
    expect(groups).to.deep.equal([]);
    expect(waiting).to.have.length(1);
    endBurst();
    expect(groups).to.deep.equal([[1, 2, 3]]);
    source.next(4);
    endBurst();
    expect(groups).to.deep.equal([[1, 2, 3], [4]]);
  });

  it('makes one group of everything that came while the last one was worked on', async () => {
    const groups: number[][] = [];
    const done: (() => void)[] = [];
    const { source, endBurst } = setUp((group) => {
      groups.push(group);
      return new Promise((resolve) => done.push(resolve));
    });
    source.next(1);
    endBurst();
    for (const value of [2, 3, 4]) source.next(value);
    expect(groups).to.deep.equal([[1]]);
    done.shift()!();
    await Promise.resolve();
    expect(groups).to.deep.equal([[1], [2, 3, 4]]);
    source.next(5);
    done.shift()!();
    await Promise.resolve();
    expect(groups).to.deep.equal([[1], [2, 3, 4], [5]]);
  });

  it('waits for a new burst when nothing came meanwhile', async () => {
    const groups: number[][] = [];
    const { source, endBurst } = setUp(async (group) => void groups.push(group));
    source.next(1);
    endBurst();
    await Promise.resolve();
    source.next(2);
    expect(groups).to.deep.equal([[1]]);
    endBurst();
    expect(groups).to.deep.equal([[1], [2]]);
  });

  it('takes what work itself brings into the next group', () => {
    const groups: number[][] = [];
    const { source, endBurst } = setUp((group) => {
      groups.push(group);
      if (group[0] === 1) source.next(2);
    });
    source.next(1);
    endBurst();
    expect(groups).to.deep.equal([[1]]);
    endBurst();
    expect(groups).to.deep.equal([[1], [2]]);
  });

  it('completes once everything has been worked on', async () => {
    const groups: number[][] = [];
    const { source, endBurst, isCompleted } = setUp(async (group) => void groups.push(group));
    source.next(1);
    source.complete();
    expect(isCompleted()).to.equal(false);
    endBurst();
    await Promise.resolve();
    await Promise.resolve();
    expect(groups).to.deep.equal([[1]]);
    expect(isCompleted()).to.equal(true);
  });

  it('completes at once when nothing is left', () => {
    const { source, isCompleted } = setUp(() => {});
    source.complete();
    expect(isCompleted()).to.equal(true);
  });
});

describe('endOfTurn', () => {
  it('runs everything asked for once the turn of the event loop is over', async () => {
    const soon = endOfTurn();
    const ran: string[] = [];
    soon(() => ran.push('a'));
    await Promise.resolve();
    soon(() => ran.push('b'));
    process.nextTick(() => ran.push('tick'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(ran).to.deep.equal(['tick', 'a', 'b']);
  });
});
