import { expect } from 'chai';
import type { Outcome } from '../../../lib/replay/outcome';
import { HtmlReport } from '../../../lib/replay/report/html-report';
import { endedAfter, failed, outcome } from '../../support/outcomes';

function report(...outcomes: Outcome[]): string {
  const html = new HtmlReport('a <b>.mrcap');
  for (const one of outcomes) html.add(one, 'a');
  return html.end(endedAfter(...outcomes));
}

describe('HtmlReport', () => {
  it('says the count, draws a line for each connection, and tells what differs', () => {
    const text = report(outcome(), outcome({ verdict: 'differs', differences: [failed] }));
    expect(text).to.include('<h1 class="bad">1 difference in 2 answers</h1>');
    expect(text.match(/<rect /g)).to.have.lengthOf(2);
    expect(text).to.include('<td>errorCode</td><td>0 NONE</td><td>25 UNKNOWN_MEMBER_ID</td>');
    expect(text).to.include('<a href="#r1-7">').and.to.include('<details id="r1-7" open>');
  });

  it('has a time line for each recording, whose requests have the same numbers', () => {
    const html = new HtmlReport('two');
    const one = outcome({ verdict: 'differs', differences: [failed] });
    for (const recording of ['a', 'b']) html.add(one, recording);
    const text = html.end(endedAfter(one, one));
    expect(text.match(/<svg /g)).to.have.lengthOf(2);
    expect(text).to.include('<h3>a</h3>').and.to.include('<h3>b</h3>');
    expect(text).to.include('<a href="#r2-7">').and.to.include('<details id="r2-7" open>');
  });

  it('is good news only where something was compared, to the end', () => {
    expect(report(outcome())).to.include('<h1 class="good">0 differences in 1 answer</h1>');
    expect(report()).to.include('<h1 class="bad">nothing was compared</h1>');
    const cut = new HtmlReport('a').end({ ...endedAfter(outcome()), stopped: 'interrupted' });
    expect(cut).to.include('<h1 class="bad">not played to its end').and.to.include('its end: interrupted<');
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
    expect(text.match(/<a href/g), 'to what is told only').to.have.lengthOf(500);
    expect(text).to.include('and 5500 more').and.to.include('The first 5000 requests.');
  });
});
