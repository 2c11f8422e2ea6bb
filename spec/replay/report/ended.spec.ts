import { expect } from 'chai';
import { isSame, lastLine } from '../../../lib/replay/report/ended';
import { endedWith } from '../../support/outcomes';

describe('lastLine', () => {
  it('counts what was compared', () => {
    expect(lastLine(endedWith('same'))).to.equal('0 differences in 1 answer');
    expect(lastLine(endedWith('same', 'differs'))).to.equal('1 difference in 2 answers');
  });

  it('says what was not', () => {
    const line = lastLine(endedWith('same', 'unserved', 'left out'));
    expect(line).to.equal('0 differences in 1 answer; 2 requests were not compared');
    expect(lastLine(endedWith('same', 'unknown'))).to.match(/; 1 request was not compared$/);
  });

  it('claims nothing where there was nothing, or not all of it', () => {
    for (const stopped of [null, 'interrupted'])
      expect(lastLine({ ...endedWith(), stopped })).to.equal('nothing was compared');
    expect(lastLine(endedWith('unserved'))).to.equal('nothing was compared');
    const line = lastLine({ ...endedWith('same', 'same'), stopped: 'interrupted' });
    expect(line).to.equal('not played to its end: 0 differences in 2 answers until then');
  });
});

describe('isSame', () => {
  it('is so where something was compared, to the end, and nothing differs', () => {
    expect(isSame(endedWith('same', 'unserved'))).to.equal(true);
    expect(isSame({ ...endedWith('same'), stopped: 'interrupted' })).to.equal(false);
    expect(isSame(endedWith('unserved'))).to.equal(false);
    expect(isSame(endedWith('same', 'no answer'))).to.equal(false);
  });
});
