import { expect } from 'chai';
import { pino } from 'pino';
import { asyncScheduler } from 'rxjs';
import { type BrokerOptions, checkOptions } from '../../lib/embedded/options';
import { UsageError } from '../../lib/usage';
import { virtualClock } from '../../lib/virtual-clock';

describe('checkOptions', () => {
  it('completes what was not given: no topics, the real clock, a logger that only tells errors', () => {
    const { topics, scheduler, logger, ...rest } = checkOptions({});
    expect([topics, scheduler, rest]).to.deep.equal([[], asyncScheduler, {}]);
    expect(logger.level).to.equal(process.env['MILLRACE_LOG_LEVEL'] ?? 'error');
    expect(checkOptions({}).logger, 'all share one').to.equal(logger);
  });

  it('takes what was given', () => {
    const options = { topics: ['a'], scheduler: virtualClock(), logger: pino({ level: 'silent' }), taps: {}, apis: [] };
    expect(checkOptions(options)).to.deep.equal(options);
  });

  const wrong: [string, object, string][] = [
    ['an option nearly right', { schedular: asyncScheduler }, 'no option "schedular": did you mean scheduler?'],
    ['an option of nothing', { port: 9092 }, 'no option "port": there are config, topics, scheduler'],
    ['topics that are no list', { topics: 'a' }, 'topics: expected a list'],
    ['a scheduler that is none', { scheduler: Date }, 'scheduler: expected a scheduler of RxJS'],
    ['a logger that is none', { logger: 'debug' }, 'logger: expected a logger of pino'],
    ['no logger at all', { logger: null }, 'logger: expected'],
  ];
  for (const [name, options, message] of wrong) {
    it(`refuses ${name}`, () => {
      expect(() => checkOptions(options as BrokerOptions)).to.throw(UsageError, message);
    });
  }
});
