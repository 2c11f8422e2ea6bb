import { expect } from 'chai';
import { durationMs } from '../lib/duration';

describe('durationMs', () => {
  const spans: Record<string, number> = {
    '250 ms': 250,
    '30 s': 30_000,
    '5 min': 300_000,
    '1 h': 3_600_000,
    '7 d': 604_800_000,
    '30s': 30_000,
    ' 1.5 s ': 1500,
    '0 ms': 0,
  };
  for (const [text, ms] of Object.entries(spans)) {
    it(`reads ${JSON.stringify(text)}`, () => {
      expect(durationMs(text)).to.equal(ms);
    });
  }

  it('takes a number for milliseconds, and rounds it', () => {
    expect([durationMs(0), durationMs(42), durationMs(1.6)]).to.deep.equal([0, 42, 2]);
  });

  for (const wrong of ['', '30', 's', '30 sec', '-1 s', '1 S', '1  s', '1e3 ms', '1 toString', '1 constructor']) {
    it(`refuses ${JSON.stringify(wrong)}, and says what it expects`, () => {
      expect(() => durationMs(wrong))
        .to.throw(TypeError)
        .with.property('message')
        .that.includes(`duration ${JSON.stringify(wrong)}: expected`)
        .and.includes('ms, s, min, h, d');
    });
  }

  for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY, undefined, null, {}]) {
    it(`refuses ${String(wrong)}`, () => {
      expect(() => durationMs(wrong as never)).to.throw(TypeError, `duration ${String(wrong)}: expected`);
    });
  }
});
