import { expect } from 'chai';
import { KafkaError } from '../../lib/errors';
import { compileRegex } from '../../lib/regex';
import { regexToBroker, regexToClient } from '../../lib/taps/tenant-regex';

const prefix = 'a.b-';
const matched = (regex: string, names: readonly string[]) => {
  const whole = compileRegex(regexToBroker(regex, prefix));
  return names.filter((name) => whole.matches(name));
};

describe('regexToBroker', () => {
  it('matches what the tenant means, within its own names', () => {
    const names = ['a.b-orders', 'a.b-orders-2', 'orders', 'axb-orders', 'c-a.b-orders', 'a.b-'];
    expect(matched('orders.*', names)).to.deep.equal(['a.b-orders', 'a.b-orders-2']);
    expect(matched('orders|x', names)).to.deep.equal(['a.b-orders']);
    expect(matched('.*', names)).to.deep.equal(['a.b-orders', 'a.b-orders-2', 'a.b-']);
    expect(matched('(?i)ORDERS', names)).to.deep.equal(['a.b-orders']);
  });

  it('leaves out anchors, as whole names are matched anyway', () => {
    const names = ['a.b-orders', 'a.b-$x', 'a.b-^'];
    for (const regex of ['^orders$', '^orders', '\\Aorders\\z', '^orders$|^y$', '(^orders)']) {
      expect(matched(regex, names), regex).to.deep.equal(['a.b-orders']);
    }
  });

  it('leaves what only looks like an anchor', () => {
    const names = ['a.b-$x', 'a.b-^', 'a.b-o', 'a.b-]', 'a.b-\\'];
    expect(matched('\\$x', names)).to.deep.equal(['a.b-$x']);
    expect(matched('[\\^]', names)).to.deep.equal(['a.b-^']);
    expect(matched('[$^]', names)).to.deep.equal(['a.b-^']);
    expect(matched('[^$x^]', names)).to.deep.equal(['a.b-o', 'a.b-]', 'a.b-\\']);
    expect(matched('[]^]', names)).to.deep.equal(['a.b-^', 'a.b-]']);
    expect(matched('[[:punct:]]', names)).to.deep.equal(['a.b-^', 'a.b-]', 'a.b-\\']);
    expect(matched('\\Q^\\E', names)).to.deep.equal(['a.b-^']);
    expect(matched('[\\]]', names)).to.deep.equal(['a.b-]']);
  });

  it('refuses what is no expression by itself, and so lets nobody out of the prefix', () => {
    for (const regex of ['x)|(.*', ')(', 'a)|b|(c', '(', '[', 'x\\'])
      expect(() => regexToBroker(regex, prefix), regex)
        .to.throw()
        .that.satisfies((error: unknown) => error instanceof KafkaError && error.name === 'INVALID_REGULAR_EXPRESSION');
    // Quoted to its end, it takes our bracket in as well, and the broker refuses it.
    expect(() => compileRegex(regexToBroker('x|\\Q', prefix))).to.throw();
  });

  it('leaves the empty one alone, which calls a subscription off', () => {
    expect(regexToBroker('', prefix)).to.equal('');
  });
});

describe('regexToClient', () => {
  it('shows what was asked for', () => {
    expect(regexToClient(regexToBroker('orders.*', prefix), prefix)).to.equal('orders.*');
  });

  it('shows nothing of what others have asked for', () => {
    expect(regexToClient(regexToBroker('orders.*', 'c-'), prefix)).to.equal(null);
    expect(regexToClient('.*', prefix)).to.equal(null);
  });
});
