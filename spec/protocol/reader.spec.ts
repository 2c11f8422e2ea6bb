import { expect } from 'chai';
import { DecodeError, Reader, usualElementsMax } from '../../lib/protocol/reader';

function reader(hex: string, field = 'name'): Reader {
  const made = new Reader(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  made.field = field;
  return made;
}

/** The error that `work` throws, as its parts. */
function refusal(work: () => unknown): { what: string; path: string; offset: number } {
  try {
    work();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const { what, path, offset } = error;
    return { what, path, offset };
  }
  throw new Error('nothing was refused');
}

describe('Reader', () => {
  it('refuses to read past the end, and says what was needed and what is left', () => {
    const sizes = {
      int8: 1,
      bool: 1,
      int16: 2,
      uint16: 2,
      int32: 4,
      uint32: 4,
      long: 8,
      float64: 8,
      uuid: 16,
    } as const;
    for (const [method, size] of Object.entries(sizes) as [keyof typeof sizes, number][]) {
      const short = reader('00'.repeat(size - 1));
      const what = `${size} bytes needed, ${size - 1} left`;
      expect(
        refusal(() => short[method]()),
        method,
      ).to.deep.equal({ what, path: 'name', offset: 0 });
    }
  });

  it('stops at its own end, not at that of the buffer', () => {
    const part = new Reader(Buffer.from([1, 2, 3, 4]), 1, 3);
    expect(part.remaining).to.equal(2);
    expect(part.int16()).to.equal(0x0203);
    expect(() => part.int8()).to.throw(DecodeError, 'message at byte 3: 1 bytes needed, 0 left');
  });

  it('names field and byte in the message of the error', () => {
    const short = reader('0000 0007', 'partitions');
    short.int16();
    expect(() => short.int32()).to.throw('partitions at byte 2: 4 bytes needed, 2 left');
  });

  it('refuses varints that end too early or go on for too long', () => {
    expect(refusal(() => reader('80').uvarint())).to.include({ what: '1 bytes needed, 0 left', offset: 1 });
    expect(refusal(() => reader('ffffffff').varint())).to.include({ what: '1 bytes needed, 0 left', offset: 4 });
    expect(refusal(() => reader('808080808001').uvarint())).to.include({
      what: 'varint of more than 5 bytes',
      offset: 0,
    });
    expect(refusal(() => reader('80808080808080808080 01').varlong())).to.include({
      what: 'varint of more than 10 bytes',
      offset: 0,
    });
  });

  it('drops the bits of a varint that no int32 has, as Kafka does', () => {
    expect(reader('ffffffff7f').uvarint()).to.equal(0xffffffff);
  });

  it('refuses null where null is not allowed', () => {
    expect(refusal(() => reader('ffff').string()).what).to.equal('string length -1, null is not allowed here');
    expect(refusal(() => reader('00').compactString()).what).to.equal('null is not allowed here');
    expect(refusal(() => reader('ffffffff').bytes()).what).to.equal('length -1, null is not allowed here');
    expect(refusal(() => reader('00').compactBytes()).what).to.equal('null is not allowed here');
  });

  it('refuses lengths below that of null', () => {
    expect(refusal(() => reader('fffe').nullableString()).what).to.equal('string length -2');
    expect(refusal(() => reader('fffffffe').nullableBytes()).what).to.equal('length -2');
    expect(refusal(() => reader('80000000').count(false, 1)).what).to.equal('array of -2147483648 elements');
  });

  it('refuses compact strings that are longer than a string may be', () => {
    for (const method of ['compactString', 'compactNullableString'] as const)
      expect(refusal(() => reader('818002')[method]()).what).to.equal('string of 32768 bytes exceeds 32767');
  });

  it('slices byte fields out of the buffer without copying', () => {
    const bytes = Buffer.from('000000020102', 'hex');
    const slice = new Reader(bytes).bytes();
    bytes[4] = 9;
    expect(slice).to.deep.equal(Buffer.from([9, 2]));
  });

  it('counts array elements, null as -1', () => {
    expect(reader('00000002 0000').count(false, 1)).to.equal(2);
    expect(reader('03 0000').count(true, 1)).to.equal(2);
    expect(reader('ffffffff').count(false, 1)).to.equal(-1);
    expect(reader('00').count(true, 1)).to.equal(-1);
  });
});

describe('Reader, given hostile lengths', () => {
  const claims: readonly (readonly [string, string, (r: Reader) => unknown, string])[] = [
    ['a string', '7fff', (r) => r.string(), '32767 bytes needed, 0 left'],
    ['a compact string', 'ffff01', (r) => r.compactString(), '32766 bytes needed, 0 left'],
    ['bytes', '7fffffff', (r) => r.bytes(), '2147483647 bytes needed, 0 left'],
    ['compact bytes', 'ffffffff0f', (r) => r.compactBytes(), '4294967294 bytes needed, 0 left'],
    ['a skip', '', (r) => r.skip(4294967295), '4294967295 bytes needed, 0 left'],
    [
      'an array',
      '01ffffff 00',
      (r) => r.count(false, 1),
      'array of 33554431 elements does not fit in the 1 bytes left',
    ],
    [
      'a compact array',
      '8080808004',
      (r) => r.count(true, 4),
      'array of 1073741823 elements does not fit in the 0 bytes left',
    ],
  ];

  for (const [name, hex, read, what] of claims) {
    it(`refuses ${name} before it allocates`, () => {
      const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      const before = process.memoryUsage();
      for (let i = 0; i < 20; i++) expect(refusal(() => read(new Reader(bytes))).what).to.equal(what);
      const after = process.memoryUsage();
      expect(after.heapUsed + after.external - before.heapUsed - before.external).to.be.lessThan(8 * 1024 * 1024);
    });
  }

  it('holds back a message of too many elements, counted over all its arrays', () => {
    const bytes = Buffer.alloc(40);
    bytes.writeInt32BE(6, 0);
    bytes.writeInt32BE(5, 4);
    const made = new Reader(bytes, 0, bytes.length, 10);
    made.field = 'topics';
    expect(made.count(false, 1)).to.equal(6);
    const { what, offset } = refusal(() => made.count(false, 1));
    expect(what).to.equal('11 array elements so far, a message may hold 10');
    expect(offset).to.equal(8);
  });

  it('lets null and empty arrays pass when no element is left', () => {
    const made = new Reader(Buffer.from('ffffffff00000000', 'hex'), 0, 8, 0);
    expect([made.count(false, 1), made.count(false, 1)]).to.deep.equal([-1, 0]);
  });

  it('usually has room for requests that name 10,000 partitions with five replicas each', () => {
    expect(usualElementsMax).to.be.at.least(10_000 * 6);
  });
});

describe('DecodeError', () => {
  it('grows its path outwards', () => {
    const error = new DecodeError('too short', 'records', 41).within('partitionData[0]').within('topicData[2]');
    expect(error.message).to.equal('topicData[2].partitionData[0].records at byte 41: too short');
  });

  it('joins an index without a dot', () => {
    expect(new DecodeError('no', '[3]', 0).within('matrix[1]').path).to.equal('matrix[1][3]');
    expect(new DecodeError('no', '', 0).within('replicas[1]').path).to.equal('replicas[1]');
  });

  it('speaks of the message where no field is known', () => {
    expect(new DecodeError('2 bytes left over', '', 9).message).to.equal('message at byte 9: 2 bytes left over');
  });
});
