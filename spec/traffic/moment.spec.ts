import { expect } from 'chai';
import { momentOf } from '../../lib/traffic/moment';
import { UsageError } from '../../lib/usage';

const beganMs = Date.parse('2026-11-22T22:12:48.637Z');
const iso = (text: string) => new Date(momentOf('--from', text)(beganMs)).toISOString();

describe('momentOf', () => {
  it('takes a date and time', () => {
    expect(iso('2026-11-29T08:15:00Z')).to.equal('2026-11-29T08:15:00.000Z');
    expect(iso('2026-11-29')).to.equal('2026-11-29T00:00:00.000Z');
  });

  it('takes a time of the day on which the recording begins', () => {
    expect(iso('08:15')).to.equal('2026-11-22T08:15:00.000Z');
    expect(iso('23:59:59.250')).to.equal('2026-11-22T23:59:59.250Z');
  });

  it('takes a span after the beginning', () => {
    expect(iso('+90s')).to.equal('2026-11-22T22:14:18.637Z');
    expect(iso('+ 2 min')).to.equal('2026-11-22T22:14:48.637Z');
  });

  for (const text of ['25:00', '12:60', 'yesterday', '+90', '90s', '2026-13-01', '']) {
    it(`refuses '${text}'`, () => {
      expect(() => momentOf('--to', text)).to.throw(UsageError, `--to ${text}: expected 2026-11-29T08:15:00Z`);
    });
  }
});
