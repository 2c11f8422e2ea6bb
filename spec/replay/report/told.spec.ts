import { expect } from 'chai';
import { toldOf } from '../../../lib/replay/report/told';
import { failed } from '../../support/outcomes';

const missing = (name: string) => ({
  ...failed,
  path: `topics[t].configs[${name}]`,
  field: 'CreateTopics.topics.configs',
  recorded: { name },
  replayed: undefined,
});

describe('toldOf', () => {
  it('tells differences one by one', () => {
    const [one, ...rest] = toldOf([failed, missing('a'), missing('b')]);
    expect(one).to.deep.equal({
      path: 'errorCode',
      recorded: '0 NONE',
      replayed: '25 UNKNOWN_MEMBER_ID',
      reason: null,
    });
    expect(rest.map(({ path }) => path)).to.deep.equal(['topics[t].configs[a]', 'topics[t].configs[b]']);
  });

  it('tells several elements together that only one side has', () => {
    const names = Array.from({ length: 20 }, (_, i) => `key.${i}`);
    const all = [...names.map(missing), failed];
    const there = `20 elements: ${names.slice(0, 12).join(', ')} …`;
    expect(toldOf(all)).to.have.lengthOf(2);
    expect(toldOf(all)[0]).to.deep.equal({
      path: 'topics[t].configs',
      recorded: there,
      replayed: 'missing',
      reason: null,
    });
    const extra = all.map(({ recorded, replayed, ...one }) => ({ ...one, recorded: replayed, replayed: recorded }));
    expect(toldOf(extra)[0]).to.include({ recorded: 'missing', replayed: there });
  });

  it('keeps apart what may differ and what must not', () => {
    const may = ['a', 'b', 'c'].map((name) => ({ ...missing(name), reason: 'r' }));
    expect(toldOf([missing('d'), ...may]).map(({ path, reason }) => [path, reason])).to.deep.equal([
      ['topics[t].configs[d]', null],
      ['topics[t].configs', 'r'],
    ]);
  });
});
