import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { putUuid, uuidText } from '../../lib/protocol/uuid-text';
import { zeroUuid } from '../../lib/uuid';

const uuids = Array.from({ length: 5000 }, (_, i) => createHash('sha256').update(`${i}`).digest().subarray(0, 16));

describe('uuidText', () => {
  it('is base64url, for more uuids than it can remember', () => {
    for (let round = 0; round < 2; round++)
      for (const bytes of uuids) expect(uuidText(bytes, 0)).to.equal(bytes.toString('base64url'));
  });

  it('tells uuids apart that differ in one byte only', () => {
    for (let at = 0; at < 16; at++) {
      const bytes = Buffer.alloc(18);
      bytes[at + 1] = 1;
      expect(uuidText(bytes, 1)).to.equal(bytes.toString('base64url', 1, 17));
      expect(uuidText(Buffer.alloc(16), 0)).to.equal(zeroUuid);
    }
  });

  it('tells uuids apart that have the same place in its memory', () => {
    for (const at of [0, 4, 8, 12]) {
      // Bits 0 and 10 of a word take each other back in the choice of the place.
      const other = Buffer.alloc(16);
      other.writeUInt32BE(0x401, at);
      for (const bytes of [Buffer.alloc(16), other, Buffer.alloc(16)])
        expect(uuidText(bytes, 0)).to.equal(bytes.toString('base64url'));
    }
  });

  it('gives the same text again without encoding it', () => {
    const bytes = uuids[0]!;
    const encode = bytes.toString.bind(bytes);
    let encoded = 0;
    bytes.toString = (...args) => {
      encoded++;
      return encode(...args);
    };
    expect(uuidText(bytes, 0)).to.equal(uuidText(bytes, 0));
    expect(encoded).to.be.at.most(1);
  });
});

describe('putUuid', () => {
  it('puts back the bytes of every text', () => {
    const to = Buffer.alloc(20, 0xee);
    for (const bytes of uuids) {
      expect(putUuid(bytes.toString('base64url'), to, 2)).to.equal(true);
      expect(to.subarray(2, 18)).to.deep.equal(bytes);
    }
    expect(to.subarray(0, 2).toString('hex') + to.subarray(18).toString('hex')).to.equal('eeeeeeee');
  });

  it('says no to what is not a uuid', () => {
    const to = Buffer.alloc(16);
    for (const text of [
      '',
      'A',
      `${zeroUuid}A`,
      `${zeroUuid.slice(1)}+`,
      `/${zeroUuid.slice(1)}`,
      `é${zeroUuid.slice(1)}`,
    ])
      expect(putUuid(text, to, 0), text).to.equal(false);
  });
});
