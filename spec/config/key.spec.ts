import { expect } from 'chai';
import fc from 'fast-check';
import { boolean, double, int, type Key, list, long, maxLong, password, short, string } from '../../lib/config/key';

function fault(key: Key<unknown>, written: string): string {
  const reading = key.read(written, 'k');
  return 'fault' in reading ? reading.fault : `no fault in ${written}`;
}

describe('Key', () => {
  it('reads a text into a value and the text that Kafka prints', () => {
    expect(int(1).read(' +007 ')).to.deep.equal({ value: 7, text: '7' });
    expect(boolean(true).read('FALSE')).to.deep.equal({ value: false, text: 'false' });
    expect(list([]).read('a , b')).to.deep.equal({ value: ['a', 'b'], text: 'a,b' });
    expect(double(0).read('1')).to.deep.equal({ value: 1, text: '1.0' });
    expect(string('').read(' x ')).to.deep.equal({ value: 'x', text: 'x' });
  });

  it("says what is wrong in Kafka's words, with key, value and what is allowed", () => {
    const rows: [Key<unknown>, string, string][] = [
      [int(1), 'x', 'Invalid value x for configuration k: Not a number of type INT'],
      [short(1), '32768', 'Invalid value 32768 for configuration k: Not a number of type SHORT'],
      [long(1).min(0), ' -1', 'Invalid value -1 for configuration k: Value must be at least 0'],
      [int(1).max(9), '10', 'Invalid value 10 for configuration k: Value must be no more than 9'],
      [double(1).max(1), '2', 'Invalid value 2.0 for configuration k: Value must be no more than 1'],
      [boolean(true), 'yes', 'Invalid value yes for configuration k: Expected value to be either true or false'],
      [string('a').oneOf('a', 'b'), 'c', 'Invalid value c for configuration k: String must be one of: a, b'],
      [list(['a']).oneOf('a', 'b'), 'a,c', 'Invalid value c for configuration k: String must be one of: a, b'],
      [list(['a']), 'a,,b', "Configuration 'k' values must not be empty."],
      [list(['a']).filled(), ' ', "Configuration 'k' must not be empty."],
    ];
    for (const [key, written, sentence] of rows) expect(fault(key, written)).to.equal(sentence);
  });

  it('takes the ends of a range and an empty list where it may be empty', () => {
    const percent = int(0).min(0).max(100);
    expect(['0', '100'].map((text) => 'value' in percent.read(text))).to.deep.equal([true, true]);
    expect(list(['delete']).oneOf('delete').read('')).to.deep.equal({ value: [], text: '' });
  });

  it('prints the largest long exactly, though no number is exactly it', () => {
    expect(long(maxLong).print(maxLong)).to.equal('9223372036854775807');
    expect(long(0).read('9223372036854775807')).to.deep.equal({ value: maxLong, text: '9223372036854775807' });
    expect(long(null).print(null)).to.equal(null);
  });

  it('is not changed by its own methods', () => {
    const plain = int(5);
    const strict = plain.min(1).dynamic().hide().idle().doc('Five.');
    expect([plain.update, plain.hidden, plain.effect, plain.documentation]).to.deep.equal([
      'read-only',
      false,
      true,
      null,
    ]);
    expect([strict.update, strict.hidden, strict.effect]).to.deep.equal(['cluster-wide', true, false]);
    expect(strict.documentation).to.equal('Five.');
    expect(plain.read('0')).to.have.property('value', 0);
  });

  it('holds passwords, and no others, for secrets', () => {
    expect([password().sensitive, string('').sensitive]).to.deep.equal([true, false]);
  });

  it('reads any text without throwing, and prints every integer so that it reads back', () => {
    const keys = [boolean(true), int(1), short(1), long(1), double(1), list([]), string(''), password()];
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => keys.forEach((key) => void key.read(text))));
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(long(0).read(long(0).print(value) ?? '')).to.deep.equal({ value, text: String(value) });
      }),
    );
  });
});
