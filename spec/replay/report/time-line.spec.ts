import { expect } from 'chai';
import { colours, TimeLine } from '../../../lib/replay/report/time-line';
import { outcome } from '../../support/outcomes';

describe('TimeLine', () => {
  it('draws a bar for each request in the lane of its connection, from when it was sent to its answer', () => {
    const line = new TimeLine();
    line.add(outcome(), null);
    line.add(outcome({ verdict: 'differs' }), 'there');
    const svg = line.svg();
    expect(svg.match(/<line /g)).to.have.lengthOf(1);
    expect(svg).to.include('2 me</text>');
    expect(svg).to.include(`x="190.0" y="3" width="1000.0" height="12" rx="1" fill="${colours.same}"`);
    expect(svg).to.include('<title>#7 Heartbeat v4: same (recorded 3.0 ms, now 1.0 ms)</title>');
    expect(svg).to.match(/<a href="#there"><rect .*<\/rect><\/a>/);
  });
});
