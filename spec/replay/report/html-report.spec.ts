import { expect } from 'chai';
import { LearnedIds } from '../../../lib/replay/ids/learned-ids';
import type { Outcome } from '../../../lib/replay/outcome';
import { HtmlReport } from '../../../lib/replay/report/html-report';
import { Tally } from '../../../lib/replay/tally';
import { failed, outcome } from '../../support/outcomes';

function report(...outcomes: Outcome[]): string {
  const html = new HtmlReport('a <b>.mrcap');
  const tally = new Tally();
  for (const one of outcomes) {
    html.add(one);
    tally.add(one);
  }
  return html.end(tally, new LearnedIds(), 1234, null);
}

describe('HtmlReport', () => {
  it('says the count, draws a line for each connection, and tells what differs', () => {
    const text = report(outcome(), outcome({ verdict: 'differs', differences: [failed] }));
    expect(text).to.include('<h1 class="bad">1 difference in 2 answers</h1>');
    expect(text.match(/<rect /g)).to.have.lengthOf(2);
    expect(text).to.include('<td>errorCode</td><td>0 NONE</td><td>25 UNKNOWN_MEMBER_ID</td>');
    expect(text).to.include('<a href="#r7">').and.to.include('<details id="r7" open>');
  });

  it('shows whatever messages hold as text', () => {
    const text = report(outcome({ verdict: 'differs', differences: [{ ...failed, recorded: '<script>' }] }));
    expect(text).not.to.match(/<script|a <b>/);
    expect(text).to.include('&#60;script&#62;');
  });

  it('loads nothing from elsewhere', () => {
    expect(report(outcome())).not.to.match(/(src|href)="(?!#)|url\(|@import|https?:/);
  });

  it('is bounded, and says so', () => {
    const many = Array.from({ length: 6000 }, () => outcome({ verdict: 'differs', differences: [failed] }));
    const text = report(...many);
    expect(text.match(/<rect /g)).to.have.lengthOf(5000);
    expect(text.match(/<details /g)).to.have.lengthOf(500);
    expect(text).to.include('and 5500 more').and.to.include('The first 5000 requests.');
  });
});
