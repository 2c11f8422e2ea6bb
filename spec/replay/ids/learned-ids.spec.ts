import { expect } from 'chai';
import { idKindOf } from '../../../lib/replay/ids/id-kinds';
import { LearnedIds, nowhere } from '../../../lib/replay/ids/learned-ids';

const members = idKindOf('', 'memberId', 'string')!;
const generations = idKindOf('', 'generationId', 'int32')!;
const offsets = idKindOf('', 'baseOffset', 'long')!;
const inGroup = (group: string) => ({ ...nowhere, group });
const of = (topic: string, partition = 0) => ({ ...nowhere, topic, partition });

describe('LearnedIds', () => {
  it('give what was learned, and of anything else itself', () => {
    const ids = new LearnedIds();
    expect(ids.learn(members, nowhere, 'old', 'new')).to.equal(true);
    expect(ids.get(members, nowhere, 'old')).to.equal('new');
    expect(ids.get(members, nowhere, 'other')).to.equal('other');
  });

  it('leave alone what means "none"', () => {
    const ids = new LearnedIds();
    ids.learn(members, nowhere, '', 'new');
    expect(ids.get(members, nowhere, '')).to.equal('');
    expect(ids.get(generations, inGroup('g'), -1)).to.equal(-1);
  });

  it('say when something is called otherwise than before, and go by the latest', () => {
    const ids = new LearnedIds();
    ids.learn(members, nowhere, 'old', 'new');
    expect(ids.learn(members, nowhere, 'old', 'new')).to.equal(true);
    expect(ids.learn(members, nowhere, 'old', 'newer')).to.equal(false);
    expect(ids.get(members, nowhere, 'old')).to.equal('newer');
  });

  it('keep groups apart', () => {
    const ids = new LearnedIds();
    ids.learn(generations, inGroup('a'), 1, 7);
    expect(ids.get(generations, inGroup('a'), 1)).to.equal(7);
    expect(ids.get(generations, inGroup('b'), 1)).to.equal(1);
  });

  it('shift all offsets of a partition by what one has shifted', () => {
    const ids = new LearnedIds();
    ids.learn(offsets, of('t'), 0, 100);
    expect(ids.get(offsets, of('t'), 5)).to.equal(105);
    expect(ids.get(offsets, of('t', 1), 5)).to.equal(5);
    expect(ids.learn(offsets, of('t'), 7, 107)).to.equal(true);
  });

  it('shift otherwise from where that changes, and say so', () => {
    const ids = new LearnedIds();
    ids.learn(offsets, of('t'), 0, 0);
    expect(ids.learn(offsets, of('t'), 5, 3)).to.equal(false);
    expect([4, 5, 6].map((offset) => ids.get(offsets, of('t'), offset))).to.deep.equal([4, 3, 4]);
  });

  it('make no negative offset of one that the new log does not have', () => {
    const ids = new LearnedIds();
    ids.learn(offsets, of('t'), 1000, 0);
    expect([999, 1000].map((offset) => ids.get(offsets, of('t'), offset))).to.deep.equal([999, 0]);
  });

  it('follow a position that the new broker tells otherwise, from there on', () => {
    const ids = new LearnedIds();
    ids.follow(offsets, of('t'), 1000, 500);
    ids.follow(offsets, of('t'), 900, 0);
    const asked = [899, 900, 999, 1000, 1001];
    expect(asked.map((offset) => ids.get(offsets, of('t'), offset))).to.deep.equal([899, 0, 99, 500, 501]);
    ids.follow(offsets, of('t'), 1000, -1);
    ids.follow(offsets, of('t'), -1, 7);
    expect(ids.get(offsets, of('t'), 1000)).to.equal(500);
  });

  it('go by what is written, where that is shown, rather than by positions', () => {
    const ids = new LearnedIds();
    ids.follow(offsets, of('t'), 12, 0);
    expect(ids.learn(offsets, of('t'), 15, 4)).to.equal(true);
    ids.follow(offsets, of('t'), 15, 9);
    expect([13, 15].map((offset) => ids.get(offsets, of('t'), offset))).to.deep.equal([1, 4]);
    expect(ids.learn(offsets, of('t'), 16, 6)).to.equal(false);
  });

  it('keep no more shifts of a partition than a hundred', () => {
    const ids = new LearnedIds();
    for (let i = 1; i <= 150; i++) ids.follow(offsets, of('t'), i * 1000, i);
    expect([50, 51].map((i) => ids.get(offsets, of('t'), i * 1000))).to.deep.equal([50_000, 51]);
  });

  it('say whether they know one', () => {
    const ids = new LearnedIds();
    ids.learn(members, nowhere, 'a', 'a');
    expect([ids.knows(members, nowhere, 'a'), ids.knows(members, nowhere, 'b')]).to.deep.equal([true, false]);
  });

  it('pass on offsets that no number can say', () => {
    const ids = new LearnedIds();
    ids.learn(offsets, of('t'), 0, 100);
    expect(ids.get(offsets, of('t'), 2n ** 63n - 1n)).to.equal(2n ** 63n - 1n);
  });

  it('know a topic by its id and its name', () => {
    const ids = new LearnedIds();
    expect(ids.topicOf('AbC')).to.equal('AbC');
    ids.learnTopic('AbC', 'orders');
    expect(ids.topicOf('AbC')).to.equal('orders');
  });

  it('count what is called otherwise', () => {
    const ids = new LearnedIds();
    ids.learn(members, nowhere, 'a', 'a');
    ids.learn(members, nowhere, 'b', 'c');
    ids.learn(offsets, of('t'), 0, 0);
    expect([...ids.changed]).to.deep.equal([['member id', 1]]);
    ids.learn(offsets, of('u'), 0, 1);
    expect([...ids.changed]).to.deep.equal([
      ['member id', 1],
      ['offset', 1],
    ]);
  });

  it('forget what was not used for longest when there are too many', () => {
    const ids = new LearnedIds();
    for (let i = 0; i <= 100_000; i++) ids.learn(members, nowhere, `old${i}`, `new${i}`);
    expect(ids.get(members, nowhere, 'old0')).to.equal('old0');
    expect(ids.get(members, nowhere, 'old1')).to.equal('new1');
  });
});
