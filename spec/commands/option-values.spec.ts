import { expect } from 'chai';
import { InvalidArgumentError } from 'commander';
import { collect, listed, milliseconds, ports, positive } from '../../lib/commands/option-values';

describe('collect', () => {
  it('gathers', () => {
    expect(collect('b', collect('a'))).to.deep.equal(['a', 'b']);
  });
});

describe('listed', () => {
  it('gathers what commas separate', () => {
    expect(listed('b, c', listed('a'))).to.deep.equal(['a', 'b', 'c']);
  });
});

describe('positive', () => {
  it('takes numbers above 0 only', () => {
    expect(positive('0.5')).to.equal(0.5);
    for (const value of ['0', '-1', 'x', '', 'Infinity']) expect(() => positive(value)).to.throw(InvalidArgumentError);
  });
});

describe('milliseconds', () => {
  it('takes what a timer can wait', () => {
    expect(milliseconds('250')).to.equal(250);
    for (const value of ['-1', '1.5', 'x', '2147483648'])
      expect(() => milliseconds(value)).to.throw(InvalidArgumentError);
  });
});

describe('ports', () => {
  it('gathers ports only', () => {
    expect(ports('9092, 1', ports('65535'))).to.deep.equal([65535, 9092, 1]);
    for (const value of ['0', '65536', '9092,', 'x', '1e3', '-1', ''])
      expect(() => ports(value)).to.throw(InvalidArgumentError);
  });
});
