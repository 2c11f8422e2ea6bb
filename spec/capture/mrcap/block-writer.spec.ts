import { expect } from 'chai';
import { blockHeadBytes, fileHeadBytes, fileMagic, readHead } from '../../../lib/capture/mrcap/block';
import { BlockWriter, beginOf, endOf } from '../../../lib/capture/mrcap/block-writer';
import { frame } from '../../support/recordings';

describe('BlockWriter', () => {
  it('counts entries and bytes, and begins anew when a block is taken', () => {
    const writer = new BlockWriter(null);
    writer.add(frame(2, 'client', Buffer.from('abc'), 5));
    writer.add(frame(1, 'broker', Buffer.from('d'), 6));
    expect([writer.count, writer.length]).to.deep.equal([2, 13]);
    const [front, content] = [writer.take().chunks, writer.take().chunks] as const;
    expect(readHead(front[0]!)).to.include({ kind: 2, directoryBytes: 11, storedBytes: 13 });
    expect(readHead(content[0]!)).to.include({ storedBytes: 0 });
  });

  it('writes memory again that nobody looks at any more, and no other', () => {
    const writer = new BlockWriter(null);
    const take = (text: string) => {
      writer.add(frame(1, 'client', Buffer.from(text)));
      return writer.take();
    };
    const [first, second] = [take('one'), take('two')];
    first.release();
    const third = take('three');
    expect(third.chunks[1]!.buffer).to.equal(first.chunks[1]!.buffer);
    expect(String(second.chunks[1]!.subarray(-3))).to.equal('two');
  });

  it('compresses blocks that are worth it', () => {
    const writer = new BlockWriter(3);
    writer.add(frame(1, 'client', Buffer.alloc(10_000)));
    const large = Buffer.concat(writer.take().chunks);
    expect(large.length).to.be.lessThan(200);
    expect(readHead(large)).to.include({ codec: 1, contentBytes: 10_005 });
    writer.add(frame(1, 'client', Buffer.alloc(10)));
    expect(readHead(Buffer.concat(writer.take().chunks))).to.include({ codec: 0 });
  });
});

describe('beginOf', () => {
  it('is the magic, the version and what the file says of itself', () => {
    const bytes = Buffer.concat(beginOf({ a: 'b' }));
    expect(bytes.subarray(0, fileHeadBytes)).to.deep.equal(Buffer.concat([fileMagic, Buffer.from([1])]));
    expect(bytes.subarray(fileHeadBytes + blockHeadBytes).toString()).to.equal('{"a":"b"}');
  });
});

describe('endOf', () => {
  it('is a block of its own kind', () => {
    expect(readHead(Buffer.concat(endOf({})))).to.include({ kind: 3 });
  });
});
