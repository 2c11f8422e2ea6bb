import { expect } from 'chai';
import {
  blockHeadBytes,
  blockKinds,
  contentMaxBytes,
  isContentWhole,
  isHeadWhole,
  readHead,
  sizeOf,
  writeHead,
} from '../../../lib/capture/mrcap/block';

const directory = Buffer.from('directory');
const stored = [Buffer.from('some '), Buffer.from('content')];
const front = () => writeHead({ kind: blockKinds.events, codec: 0, directory, stored, contentBytes: 12 });

describe('writeHead', () => {
  it('is read back, and its checksums are those of what it stands before', () => {
    const bytes = front();
    const head = readHead(bytes)!;
    expect(head).to.include({ kind: 2, codec: 0, directoryBytes: 9, storedBytes: 12, contentBytes: 12 });
    expect([isHeadWhole(head, bytes), isContentWhole(head, Buffer.concat(stored))]).to.deep.equal([true, true]);
    expect(sizeOf(stored)).to.equal(12);
  });

  it('tells every changed byte', () => {
    const bytes = front();
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0x10;
      const head = readHead(changed);
      const isWhole =
        head !== null &&
        isHeadWhole(head, changed.subarray(0, blockHeadBytes + head.directoryBytes)) &&
        isContentWhole(head, Buffer.concat(stored));
      expect(isWhole, `byte ${at}`).to.equal(false);
    }
  });
});

describe('readHead', () => {
  it('refuses what is no head, and lengths that no block has', () => {
    expect(readHead(front().subarray(0, 27))).to.equal(null);
    const long = front();
    long.writeUInt32BE(contentMaxBytes + 1, 12);
    expect(readHead(long)).to.equal(null);
    const directories = front();
    directories.writeUInt32BE(0x7fffffff, 8);
    expect(readHead(directories)).to.equal(null);
  });
});
