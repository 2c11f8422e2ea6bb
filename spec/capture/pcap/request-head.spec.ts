import { expect } from 'chai';
import { foreignTo, likenessToRequest } from '../../../lib/capture/pcap/request-head';
import { answer, request } from '../../support/crafted-pcap';

const max = 1 << 20;
const likeness = (bytes: Buffer, at = 0) => likenessToRequest(bytes, at, max);

describe('likenessToRequest', () => {
  it('is sure of what can be decoded to the last byte', () => {
    expect(likeness(request(1))).to.equal('decoded');
    expect(likeness(Buffer.concat([Buffer.from('xy'), request(1), request(2)]), 2)).to.equal('decoded');
    expect(likeness(request(1, { body: Buffer.alloc(1) }))).to.equal('no');
  });

  it('takes the begin of a request, and one of an API that it does not know, for likely', () => {
    const produce = request(1, { key: 0, version: 9, body: Buffer.alloc(1000) });
    expect(likeness(produce.subarray(0, 60))).to.equal('likely');
    expect(likeness(request(1, { key: 120, body: Buffer.alloc(4) }))).to.equal('likely');
    expect(likeness(request(1, { key: 120, clientId: '' }))).to.equal('no');
  });

  it('refuses lengths, keys, versions and client ids that there are not', () => {
    const broken = (change: (bytes: Buffer) => void) => {
      const bytes = request(1);
      change(bytes);
      return likeness(bytes);
    };
    expect(broken((bytes) => bytes.writeInt32BE(max + 1, 0))).to.equal('no');
    expect(broken((bytes) => bytes.writeInt32BE(-1, 0))).to.equal('no');
    expect(broken((bytes) => bytes.writeInt16BE(-1, 4))).to.equal('no');
    expect(broken((bytes) => bytes.writeInt16BE(5000, 4))).to.equal('no');
    expect(broken((bytes) => bytes.writeInt16BE(99, 6))).to.equal('no');
    expect(broken((bytes) => bytes.writeInt16BE(200, 12))).to.equal('no');
    expect(broken((bytes) => bytes.writeUInt8(7, 14))).to.equal('no');
    expect(likeness(request(1).subarray(0, 13))).to.equal('no');
  });

  it('takes no answer for a request, although its first bytes could be those of one', () => {
    expect(likeness(answer(3, Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0, 1])))).to.equal('no');
  });
});

describe('foreignTo', () => {
  it('knows TLS, and says how to capture before it', () => {
    expect(foreignTo(Buffer.from([0x16, 3, 1, 2, 0]))).to.match(/TLS.*--capture FILE.*PLAINTEXT/);
    expect(foreignTo(Buffer.from([0x17, 3, 3, 0, 30]))).to.match(/TLS/);
  });

  it('knows HTTP and SSH', () => {
    for (const text of ['GET / HTTP/1.1', 'POST /x', 'HTTP/1.1 200 OK', 'PRI * HTTP/2.0'])
      expect(foreignTo(Buffer.from(text))).to.equal('it is HTTP, not Kafka');
    expect(foreignTo(Buffer.from('SSH-2.0-x'))).to.equal('it is SSH, not Kafka');
  });

  it('has nothing to say of Kafka', () => {
    expect(foreignTo(request(1))).to.equal(null);
    expect(foreignTo(Buffer.alloc(0))).to.equal(null);
  });
});
