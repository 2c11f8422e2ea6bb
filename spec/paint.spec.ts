import { expect } from 'chai';
import { paint } from '../lib/paint';

describe('paint', () => {
  it('colours for a terminal, and nowhere else', () => {
    expect(paint(true).red('a')).to.equal('\x1b[31ma\x1b[39m');
    expect(paint(false).red('a')).to.equal('a');
    expect(paint(true).dim('')).to.equal('');
  });
});
