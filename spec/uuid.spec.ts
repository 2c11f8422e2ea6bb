import { expect } from 'chai';
import { directoryIds, isReserved, parseUuid, positiveInt, randomUuid, zeroUuid } from '../lib/uuid';

describe('randomUuid', () => {
  it('makes uuids of version 4 in 22 characters, none like another, none like an option of a command line', () => {
    const uuids = Array.from({ length: 1000 }, randomUuid);
    expect(new Set(uuids).size).to.equal(1000);
    for (const uuid of uuids) {
      expect(uuid).to.match(/^\w[\w-]{21}$/);
      expect(Buffer.from(uuid, 'base64url').toString('hex')).to.match(/^.{12}4.{3}[89ab].{15}$/);
    }
  });
});

describe('randomUuid of given ids', () => {
  it('is the next that is not reserved', () => {
    const ids = [
      '00000000-0000-0000-0000-000000000063',
      'f8000000-0000-4000-8000-000000000000',
      '10000000-0000-4000-8000-000000000000',
    ];
    expect(randomUuid(() => ids.shift()!)).to.equal('EAAAAAAAQACAAAAAAAAAAA');
  });
});

describe('positiveInt', () => {
  it('is between 1 and what an int32 takes', () => {
    expect(positiveInt('ffffffff-0000-4000-8000-000000000000')).to.equal(2 ** 31 - 1);
    expect(positiveInt('00000000-0000-4000-8000-000000000000')).to.equal(1);
    expect(positiveInt('00000102-0000-4000-8000-000000000000')).to.equal(0x102);
  });
});

describe('parseUuid', () => {
  it('reads base64url, standard base64 and padding as the same uuid', () => {
    const uuid = '-_vwAAAAQACAAAAAAAAAkQ';
    for (const text of [uuid, `${uuid}==`, '+/vwAAAAQACAAAAAAAAAkQ', '+/vwAAAAQACAAAAAAAAAkQ=='])
      expect(parseUuid(text)).to.equal(uuid);
  });

  it('refuses what is not 16 bytes', () => {
    for (const text of ['', 'AAAA', `${zeroUuid}A`, `${zeroUuid}=`, 'AAAAAAAAAAAAAAAAAAAA?A', '0'.repeat(36)])
      expect(parseUuid(text)).to.equal(null);
  });
});

describe('isReserved', () => {
  it('is true of the first hundred uuids by value only', () => {
    const uuid = (last: number) => Buffer.from([...new Array(15).fill(0), last]).toString('base64url');
    expect([0, 1, 2, 99, 100].map((last) => isReserved(uuid(last)))).to.deep.equal([true, true, true, true, false]);
    for (const id of Object.values(directoryIds)) expect(isReserved(id)).to.equal(true);
    expect(isReserved('EAAAAAAAAAAAAAAAAAAAAA')).to.equal(false);
  });
});
