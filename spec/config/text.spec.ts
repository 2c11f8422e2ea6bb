import { expect } from 'chai';
import fc from 'fast-check';
import { printDouble, readBoolean, readDouble, readInteger, readList, trim } from '../../lib/config/text';

describe('trim', () => {
  it('drops blanks and controls at both ends, as Java does, and no other white space', () => {
    expect(trim(' \t\0 a b \r\n')).to.equal('a b');
    expect(trim('\u00a0a\u2003')).to.equal('\u00a0a\u2003');
    expect(trim(' \t ')).to.equal('');
  });
});

describe('readList', () => {
  it('splits at commas, drops blanks around them and counts what comes twice once', () => {
    expect(readList('a , b,a').value).to.deep.equal(['a', 'b']);
    expect(readList('').value).to.deep.equal([]);
    expect(readList('a,').value).to.deep.equal(['a', '']);
  });
});

describe('readBoolean', () => {
  it('knows true and false in letters of either case and nothing else', () => {
    expect(readBoolean('TRUE')).to.deep.equal({ value: true });
    expect(readBoolean('False')).to.deep.equal({ value: false });
    for (const text of ['yes', '1', '', 'truе']) expect(readBoolean(text)).to.have.property('fault');
  });
});

describe('readInteger', () => {
  it('reads signs and leading zeros', () => {
    expect(readInteger('+05', 'INT', 32)).to.deep.equal({ value: 5, text: '5' });
    expect(readInteger('-0', 'INT', 32)).to.deep.equal({ value: 0, text: '0' });
  });

  it('keeps the text of 64-bit numbers exact', () => {
    const reading = readInteger('9007199254740993', 'LONG', 64);
    expect(reading).to.have.property('text', '9007199254740993');
  });

  it('takes just what fits the type', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(16 as const, 32 as const, 64 as const),
        fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
        (bits, n) => {
          const fits = n >= -(2n ** BigInt(bits - 1)) && n < 2n ** BigInt(bits - 1);
          expect('fault' in readInteger(String(n), 'T', bits)).to.equal(!fits);
        },
      ),
    );
  });

  it('takes nothing but decimal digits', () => {
    for (const text of ['', ' 1', '1.0', '1e3', '0x10', '1_000', '--1', '9'.repeat(1000)]) {
      expect(readInteger(text, 'LONG', 64), text).to.deep.equal({ fault: 'Not a number of type LONG' });
    }
  });
});

describe('readDouble', () => {
  it('reads what Java reads, but for infinities and what is not a number', () => {
    expect(readDouble('1e-1f')).to.deep.equal({ value: 0.1 });
    expect(readDouble('.5')).to.deep.equal({ value: 0.5 });
    expect(readDouble('+5.d')).to.deep.equal({ value: 5 });
    for (const text of ['', 'NaN', 'Infinity', '1e999', '0x1p3', '.'])
      expect(readDouble(text)).to.have.property('fault');
  });
});

describe('printDouble', () => {
  it('prints as Java does', () => {
    const texts = [0, 1, -0.1, 0.05, 123456.789, 1e7, 1.5e10, 1e-4, Number.MAX_VALUE].map(printDouble);
    const java = ['0.0', '1.0', '-0.1', '0.05', '123456.789', '1.0E7', '1.5E10', '1.0E-4', '1.7976931348623157E308'];
    expect(texts).to.deep.equal(java);
  });

  it('prints what reads back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const reading = readDouble(printDouble(number));
        expect('value' in reading && reading.value === number).to.equal(true);
      }),
    );
  });
});
