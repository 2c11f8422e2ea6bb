import { expect } from 'chai';
import type { Outcome } from '../../../lib/replay/outcome';
import { DiffTable } from '../../../lib/replay/report/diff-table';
import { failed, outcome } from '../../support/outcomes';

function table(...outcomes: Partial<Outcome>[]): DiffTable {
  const made = new DiffTable();
  for (const one of outcomes) made.add({ ...outcome(one), a: outcome(), b: outcome() });
  return made;
}

describe('DiffTable', () => {
  it('has a row for each field and error, and counts', () => {
    const one = { verdict: 'differs', differences: [failed] } as const;
    const { rows } = table(one, one, { verdict: 'differs', differences: [{ ...failed, replayed: 27 }] });
    expect(rows.map(({ api, field, a, b, count }) => [api, field, a, b, count])).to.deep.equal([
      ['Heartbeat', 'errorCode', '0 NONE', '25 UNKNOWN_MEMBER_ID', 2],
      ['Heartbeat', 'errorCode', '0 NONE', '27 REBALANCE_IN_PROGRESS', 1],
    ]);
  });

  it('is Markdown that nothing in a message can break', () => {
    const odd = { ...failed, field: 'Heartbeat.x', recorded: 'a|`b', replayed: 1 };
    expect(table({ verdict: 'differs', differences: [odd] }).markdown('A', 'B')).to.equal(
      '| API | field | A | B | times |\n|---|---|---|---|---:|\n| Heartbeat | x | `"a\\|\'b"` | `1` | 1 |\n\n',
    );
  });

  it('lists what is not compared', () => {
    const text = table({ verdict: 'unserved', why: 'b: not served' }).text('A', 'B');
    expect(text).to.equal('not compared: Heartbeat (1 request): b: not served\n');
    const markdown = table({ verdict: 'unserved', why: 'not served' }).markdown('A', 'B');
    expect(markdown).to.equal('Not compared: Heartbeat (1 request): not served\n\n');
  });

  it('is nothing where there is nothing to tell', () => {
    expect([table(outcome()).markdown('A', 'B'), table(outcome()).text('A', 'B')]).to.deep.equal(['', '']);
  });

  it('says who has not answered', () => {
    const made = new DiffTable();
    const silent = outcome({ verdict: 'no answer', why: 'it hung up' });
    made.add({ ...silent, a: outcome(), b: silent });
    expect(made.rows).to.deep.equal([
      { api: 'Heartbeat', field: 'no answer', a: 'an answer', b: 'it hung up', reason: null, count: 1 },
    ]);
  });

  it('leaves out what may differ, unless it is wanted', () => {
    const may = { verdict: 'may differ', differences: [{ ...failed, reason: 'r' }] } as const;
    expect(table(may).rows).to.deep.equal([]);
    const full = new DiffTable();
    full.add({ ...outcome(may), a: outcome(), b: outcome() }, true);
    expect(full.rows).to.have.lengthOf(1);
  });
});
