import { expect } from 'chai';
import { addressText, readAddress } from '../../lib/proxy/address';
import { UsageError } from '../../lib/usage';

describe('readAddress', () => {
  it('reads names, IPv4 and IPv6 hosts, and addressText writes them again', () => {
    for (const text of ['localhost:9092', '127.0.0.1:0', '[::1]:65535', 'kafka-1.example.org:19092'])
      expect(addressText(readAddress(text, 'upstream'))).to.equal(text);
    expect(readAddress('[::1]:9092', 'upstream')).to.deep.equal({ host: '::1', port: 9092 });
  });

  it('refuses anything else, and says what it saw', () => {
    for (const text of [
      'localhost',
      'localhost:',
      ':9092',
      'a:65536',
      'a:b',
      'PLAINTEXT://a:9092',
      '::1:9092',
      9092,
      null,
    ])
      expect(() => readAddress(text, 'createProxy: upstream')).to.throw(
        UsageError,
        `createProxy: upstream: cannot read ${JSON.stringify(text)}: expected host:port`,
      );
  });
});
