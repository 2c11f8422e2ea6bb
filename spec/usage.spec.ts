import { expect } from 'chai';
import { pino } from 'pino';
import { asyncScheduler } from 'rxjs';
import { checkNames, checkRules, numberOf, UsageError } from '../lib/usage';

describe('UsageError', () => {
  it('is an Error with a name', () => {
    expect(String(new UsageError('listen: twice'))).to.equal('UsageError: listen: twice');
  });
});

describe('checkNames', () => {
  it('refuses the first name that is not known', () => {
    expect(() => checkNames('records', { follow: true }, ['from', 'follow'])).not.to.throw();
    expect(() => checkNames('records', { folow: true }, ['from', 'follow'])).to.throw(
      UsageError,
      'records: no option "folow": did you mean follow?',
    );
  });
});

describe('numberOf', () => {
  it('gives the number, or what it is if absent, and refuses anything else', () => {
    expect([numberOf('spec', 'n', 3, 7), numberOf('spec', 'n', undefined, 7)]).to.deep.equal([3, 7]);
    for (const value of [-1, Number.NaN, '3', null])
      expect(() => numberOf('spec', 'n', value, 7)).to.throw(UsageError, 'spec: n: ');
    expect(() => numberOf('spec', 'n', 0.5, 7, 1)).to.throw('spec: n: 0.5, expected a number of at least 1');
  });
});

describe('checkRules', () => {
  const logger = pino({ level: 'silent' });
  it('takes a scheduler of RxJS and a logger of pino, and nothing else', () => {
    expect(() => checkRules('createProxy', { scheduler: asyncScheduler, logger })).not.to.throw();
    expect(() => checkRules('createProxy', { scheduler: Date, logger })).to.throw(
      UsageError,
      'createProxy: scheduler: expected a scheduler of RxJS',
    );
    expect(() => checkRules('createProxy', { scheduler: asyncScheduler, logger: console.log })).to.throw(
      UsageError,
      'createProxy: logger: expected a logger of pino',
    );
  });
});
