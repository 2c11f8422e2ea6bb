import { expect } from 'chai';
import fc from 'fast-check';
import { errors, KafkaError } from '../lib/errors';
import { compileRegex } from '../lib/regex';
import { kafkaErrorOf } from './support/thrown';

/** Expression, names that match, names that do not: as RE2/J 1.8 says, which Kafka 4.3 uses. */
const table: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['orders', ['orders'], ['orders-1', 'my-orders', 'Orders', '']],
  ['orders.*', ['orders', 'orders-1', 'orders.eu'], ['my-orders']],
  ['groups\\..*', ['groups.t', 'groups.'], ['groups', 'groupsxt']],
  ['a|b', ['a', 'b'], ['ab', 'aa']],
  ['a|ab', ['a', 'ab'], ['abb']],
  ['^a$', ['a'], ['aa', 'a\n']],
  ['(?i)orders', ['ORDERS', 'Orders'], ['order']],
  ['[[:alpha:]]+', ['abc'], ['abc1']],
  ['\\d{2,3}', ['12', '123'], ['1', '1234']],
  ['\\pL+', ['Zäh'], ['Zäh-1']],
  ['\\Qa.b\\E', ['a.b'], ['axb']],
  ['(?P<team>x|y)-.*', ['x-1'], ['z-1']],
  ['(?<team>x|y)', ['x'], ['z']],
  ['a\\z', ['a'], ['a\n']],
  ['.', ['🚀'], ['']],
  ['', [''], ['a']],
];

describe('compileRegex', () => {
  for (const [text, yes, no] of table) {
    it(`matches whole names with /${text}/`, () => {
      const regex = compileRegex(text);
      expect(yes.filter((name) => !regex.matches(name))).to.deep.equal([]);
      expect(no.filter((name) => regex.matches(name))).to.deep.equal([]);
    });
  }

  for (const text of [
    '[',
    '(',
    '*',
    'a**',
    '\\1',
    '(?=a)',
    '(?<!a)b',
    'a{1001}',
    '((a{100}){100}){100}',
    '\\',
    '[b-a]',
  ])
    it(`refuses ${text}`, () => {
      const error = kafkaErrorOf(() => compileRegex(text));
      expect(error.is(errors.INVALID_REGULAR_EXPRESSION)).to.equal(true);
      expect(error.message).to.include(`'${text}'`);
    });

  it('shows no more of an expression than an answer can carry', () => {
    const error = kafkaErrorOf(() => compileRegex('('.repeat(32767)));
    expect(error.message!.length).to.be.lessThan(32767);
  });

  it('refuses what would take long to match, and takes long lists of topics', () => {
    for (const text of ['.{0,1000}'.repeat(6), '(a|b|c)*'.repeat(2000), '([a-z]{10}){100}'.repeat(6)]) {
      const error = kafkaErrorOf(() => compileRegex(text));
      expect(error.is(errors.INVALID_REGULAR_EXPRESSION)).to.equal(true);
      expect(error.message).to.match(/ takes \d+ steps, 5000 at most$/);
    }
    const names = Array.from({ length: 100 }, (_, i) => `a-topic-of-some-length-${i}`);
    const regex = compileRegex(names.join('|'));
    expect(names.filter((name) => !regex.matches(name))).to.deep.equal([]);
    expect(compileRegex('[a-zA-Z0-9._-]{1,249}').matches('t'.repeat(249))).to.equal(true);
  });

  it('takes no time that explodes', () => {
    const regex = compileRegex('(x+x+)+y');
    expect(regex.matches('x'.repeat(249))).to.equal(false);
  });

  it('compiles or refuses whatever a client sends', () => {
    const pieces = fc.constantFrom(...'ab.*+?|()[]{}^$\\-:<>P12,dwQEpL!=&\n'.split(''), 'é', '🚀', '\ud800');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        try {
          compileRegex(parts.join('')).matches('ab-é.12🚀');
        } catch (error) {
          if (!(error instanceof KafkaError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
