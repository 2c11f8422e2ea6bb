import { expect } from 'chai';
import { paint } from '../../lib/paint';
import { bodyText } from '../../lib/traffic/body-text';
import type { Shown } from '../../lib/traffic/shown';

const text = (body: Shown) => bodyText('→', body, paint(false));
const long = 'x'.repeat(60);

describe('bodyText', () => {
  it('writes a short body on one line', () => {
    expect(text({ a: 1, b: [], c: null, d: '' })).to.equal("    → { a: 1, b: [], c: null, d: '' }\n");
  });

  it('writes longer ones below each other, short fields side by side', () => {
    const body = {
      a: 1,
      b: 2,
      rows: [
        { name: long, i: 0 },
        { name: long, i: 1 },
      ],
      last: { long, other: long },
      z: 3,
    };
    expect(text(body).split('\n')).to.deep.equal([
      '    → a: 1, b: 2',
      '      rows:',
      `        - { name: ${long}, i: 0 }`,
      `        - { name: ${long}, i: 1 }`,
      '      last:',
      `        long: ${long}`,
      `        other: ${long}`,
      '      z: 3',
      '',
    ]);
  });

  it('names errors', () => {
    expect(text({ errorCode: 3, partitionErrorCode: 0 })).to.equal(
      '    → { errorCode: 3 UNKNOWN_TOPIC_OR_PARTITION, partitionErrorCode: 0 }\n',
    );
  });

  it('cuts long lists and texts, and says how much is left', () => {
    const lines = text({ list: Array.from({ length: 250 }, (_, i) => i), name: 'y'.repeat(1000) }).split('\n');
    expect(lines.length).to.equal(104);
    expect(lines[101]).to.equal('        … 150 more');
    expect(lines[102]).to.equal(`      name: ${'y'.repeat(200)}… 800 more`);
  });

  it('writes nothing that moves a cursor', () => {
    expect(text({ name: '\x1b[2J\n' })).to.equal('    → { name: \\u{1b}[2J\\u{a} }\n');
  });
});
