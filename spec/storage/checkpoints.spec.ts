import { expect } from 'chai';
import {
  checkpointLines,
  checkpointText,
  formatOffsetCheckpoint,
  parseOffsetCheckpoint,
} from '../../lib/storage/checkpoints';

describe('parseOffsetCheckpoint', () => {
  it('reads what Kafka writes', () => {
    const text = '0\n3\nbasic.one 0 45\nbasic-six 10 10\n__consumer_offsets 49 0\n';
    expect([...parseOffsetCheckpoint(text)!]).to.deep.equal([
      ['basic.one-0', 45],
      ['basic-six-10', 10],
      ['__consumer_offsets-49', 0],
    ]);
  });

  it('takes an empty file for one without entries', () => {
    expect(parseOffsetCheckpoint('')?.size).to.equal(0);
    expect(parseOffsetCheckpoint('0\n0\n')?.size).to.equal(0);
  });

  for (const [what, text] of Object.entries({
    'another version': '1\n0\n',
    'a wrong count': '0\n2\na 0 1\n',
    'a torn line': '0\n1\na 0\n',
    'a negative offset': '0\n1\na 0 -1\n',
    'something else': 'hello',
  })) {
    it(`finds a file with ${what} corrupt`, () => {
      expect(parseOffsetCheckpoint(text)).to.equal(null);
    });
  }
});

describe('formatOffsetCheckpoint', () => {
  it('writes what it reads', () => {
    const text = '0\n2\na-b.c 12 45\nx 0 9007199254740991\n';
    expect(formatOffsetCheckpoint(parseOffsetCheckpoint(text)!)).to.equal(text);
  });
});

describe('checkpointLines', () => {
  it('are what checkpointText was made of', () => {
    expect(checkpointLines(checkpointText(['0 0', '3 17']))).to.deep.equal(['0 0', '3 17']);
    expect(checkpointText([])).to.equal('0\n0\n');
  });
});
