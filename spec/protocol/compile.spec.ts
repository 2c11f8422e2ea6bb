import { expect } from 'chai';
import { DecodeError, EncodeError, maxLong, Reader, Writer } from '../../lib/protocol/bytes';
import { compile } from '../../lib/protocol/compile';
import {
  array,
  bytes,
  type Draft,
  int8,
  int16,
  int32,
  long,
  records,
  type Schema,
  string,
  struct,
  uuid,
} from '../../lib/protocol/schema';

function writeHex<S extends Schema>(schema: S, version: number, flexible: boolean, draft: Draft<S>): string {
  const writer = new Writer();
  compile(schema, version, flexible).write(writer, draft);
  return writer.takeBuffer().toString('hex');
}

function readHex<S extends Schema>(schema: S, version: number, flexible: boolean, hex: string) {
  const reader = new Reader(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  const value = compile(schema, version, flexible).read(reader);
  expect(reader.remaining, 'bytes left').to.equal(0);
  return value;
}

describe('compile', () => {
  it('writes classic lengths in classic versions, compact ones and tags in flexible versions', () => {
    const schema = { name: string(), ids: array(int8()), blob: bytes() };
    const draft = { name: 'ab', ids: [1, 2], blob: Buffer.from([9]) };
    expect(writeHex(schema, 0, false, draft)).to.equal('00026162' + '000000020102' + '0000000109');
    expect(writeHex(schema, 0, true, draft)).to.equal('036162' + '030102' + '0209' + '00');
  });

  it('carries a field in its versions only', () => {
    const schema = { old: int8().until(1), both: int8(), young: int8().since(2).default(7) };
    const draft = { old: 1, both: 2, young: 3 };
    expect(writeHex(schema, 1, false, draft)).to.equal('0102');
    expect(writeHex(schema, 2, false, draft)).to.equal('0203');
    expect(readHex(schema, 1, false, '0102')).to.deep.equal({ old: 1, both: 2, young: 7 });
    expect(readHex(schema, 2, false, '0203')).to.deep.equal({ old: 0, both: 2, young: 3 });
  });

  it('gives every field, in the order of the declaration, whatever the version carries', () => {
    const schema = { a: int8().since(9), b: string().tag(0, 9), c: int8(), d: array(int8()).nullable().since(9) };
    expect(Object.keys(readHex(schema, 0, false, '01'))).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('gives a struct that is not carried its own defaults, new each time', () => {
    const schema = {
      leader: struct({ id: int32().default(-1), nodes: array(int8()) }).tag(0, 0),
      last: long().tag(1, 0),
    };
    const read = () => readHex(schema, 0, true, '00');
    expect(read()).to.deep.equal({ leader: { id: -1, nodes: [] }, last: 0 });
    expect(read().leader).not.to.equal(read().leader);
  });

  it('says null for arrays, structs and texts in the versions that allow it', () => {
    const schema = { a: array(int8()).nullable(1), s: struct({ x: int8() }).nullable(1), t: string().nullable(1) };
    const nothing = { a: null, s: null, t: null };
    expect(writeHex(schema, 1, false, nothing)).to.equal('ffffffff' + 'ff' + 'ffff');
    expect(writeHex(schema, 1, true, nothing)).to.equal('00' + 'ff' + '00' + '00');
    expect(readHex(schema, 1, true, '00ff0000')).to.deep.equal(nothing);
    expect(writeHex(schema, 1, true, { a: [], s: { x: 3 }, t: '' })).to.equal('01' + '010300' + '01' + '00');
  });

  it('marks a tagged nullable struct with a varint', () => {
    const schema = { s: struct({ x: int8() }).nullable().tag(3, 0).default(null) };
    expect(writeHex(schema, 0, true, { s: { x: 5 } })).to.equal('01' + '0303' + '010500');
    expect(writeHex(schema, 0, true, {})).to.equal('00');
    expect(readHex(schema, 0, true, '01 03 01 00')).to.deep.equal({ s: null });
  });

  it('writes tags in the order of their numbers, those with their default not at all', () => {
    const schema = {
      z: int8().tag(2, 0),
      a: string().tag(0, 0),
      m: array(int8()).tag(1, 0),
      n: int8().default(-1).tag(9, 0),
    };
    expect(writeHex(schema, 0, true, { z: 1, a: 'x', m: [], n: -1 })).to.equal('02' + '00020278' + '020101');
    expect(writeHex(schema, 0, true, {})).to.equal('00');
  });

  it('takes a tagged struct for its default only if every field has its own', () => {
    const schema = { leader: struct({ id: int32().default(-1), at: struct({ epoch: int8() }) }).tag(0, 0) };
    expect(writeHex(schema, 0, true, { leader: { id: -1, at: { epoch: 0 } } })).to.equal('00');
    expect(writeHex(schema, 0, true, { leader: { at: { epoch: 0 } } })).to.equal('00');
    expect(writeHex(schema, 0, true, { leader: { at: { epoch: 1 } } })).to.equal(
      '01' + '0007' + 'ffffffff' + '0100' + '00',
    );
  });

  it('has no tags in classic versions', () => {
    const schema = { a: int8(), t: int8().tag(0, 0).default(5) };
    expect(writeHex(schema, 0, false, { a: 1, t: 9 })).to.equal('01');
    expect(readHex(schema, 0, false, '01')).to.deep.equal({ a: 1, t: 5 });
  });

  it('passes over tags it does not know, in the message and in its structs', () => {
    const schema = { list: array({ x: int8() }), t: int8().tag(1, 0) };
    const hex = '02' + '07' + '01 05 03 aabbcc' + '03' + '00 00' + '01 01 08' + '7f 01 ff';
    expect(readHex(schema, 0, true, hex)).to.deep.equal({ list: [{ x: 7 }], t: 8 });
  });

  it('keeps record batches as slices of the frame and passes them on by reference', () => {
    const schema = { data: records().nullable() };
    const batch = Buffer.alloc(2000, 1);
    const codec = compile(schema, 0, true);
    const writer = new Writer();
    codec.write(writer, { data: batch });
    const chunks = writer.take();
    expect(chunks[1]).to.equal(batch);
    const frame = Buffer.concat(chunks);
    expect(codec.read(new Reader(frame)).data!.buffer).to.equal(frame.buffer);
  });

  it('has the largest int64 as a default and tells it from others', () => {
    const schema = { highWatermark: long().default(maxLong).tag(1, 0) };
    expect(readHex(schema, 0, true, '00')).to.deep.equal({ highWatermark: maxLong });
    expect(writeHex(schema, 0, true, { highWatermark: maxLong })).to.equal('00');
    expect(writeHex(schema, 0, true, { highWatermark: 1 })).to.equal('01' + '0108' + '0000000000000001');
  });

  it('leaves the reader behind the last byte of the message', () => {
    const reader = new Reader(Buffer.from([1, 2, 3]));
    compile({ x: int8() }, 0, false).read(reader);
    expect(reader.position).to.equal(1);
  });

  it('refuses defaults that are neither null nor empty where Kafka knows no others', () => {
    expect(() => compile({ ids: array(int8()).default([1]) }, 0, false)).to.throw(
      TypeError,
      'the default of array must be null or empty, not [1]',
    );
  });
});

describe('compile, reading what is no message', () => {
  const topics = {
    acks: int16(),
    topicData: array({
      name: string(),
      partitionData: array({ index: int32(), records: records().nullable(), extra: struct({ id: uuid() }) }),
      replicas: array(int32()),
    }),
  };

  function refused(schema: Schema, flexible: boolean, hex: string): string {
    try {
      readHex(schema, 0, flexible, hex);
    } catch (error) {
      if (error instanceof DecodeError) return error.message;
      throw error;
    }
    throw new Error('nothing was refused');
  }

  it('names the path of the field, the byte, what was seen and what is left', () => {
    const topic = '000161 00000000 00000000';
    const partition = `00000000 00000000 ${'00'.repeat(16)}`;
    const hex = `0001 00000003 ${topic} ${topic} 000161 00000002 ${partition} 00000001 7fffffff ${'00'.repeat(20)}`;
    expect(refused(topics, false, hex)).to.equal(
      'topicData[2].partitionData[1].records at byte 67: 2147483647 bytes needed, 20 left',
    );
  });

  it('names structs inside structs', () => {
    const schema = { leader: struct({ a: int8(), node: struct({ id: uuid() }) }) };
    expect(refused(schema, false, '01 aabb')).to.equal('leader.node.id at byte 1: 16 bytes needed, 2 left');
    expect(refused(schema, true, `01 ${'00'.repeat(16)}`)).to.equal(
      'leader.node.tags at byte 17: 1 bytes needed, 0 left',
    );
  });

  it('names the index of a primitive element', () => {
    const schema = { names: array(string()) };
    expect(refused(schema, false, '00000003 000161 ffff 0000')).to.equal(
      'names[1] at byte 9: string length -1, null is not allowed here',
    );
  });

  it('names both indexes of an array of arrays', () => {
    const schema = { grid: array(array(string())) };
    expect(refused(schema, true, '02 03 0261 00')).to.equal('grid[0][1] at byte 5: null is not allowed here');
    expect(refused(schema, true, '03 01 03 01')).to.equal(
      'grid[1] at byte 3: array of 2 elements does not fit in the 1 bytes left',
    );
  });

  it('refuses null where the version does not allow it', () => {
    expect(refused({ t: string() }, true, '00')).to.equal('t at byte 1: null is not allowed here');
    expect(refused({ list: array(int8()) }, false, 'ffffffff')).to.equal('list at byte 4: null is not allowed here');
    expect(refused({ list: array({ x: int8() }).nullable(1) }, true, '00')).to.equal(
      'list at byte 1: null is not allowed here',
    );
  });

  it('refuses counts that the rest of the message cannot hold, by the least size of an element', () => {
    expect(refused(topics, false, '0001 7fffffff 00')).to.equal(
      'topicData at byte 6: array of 2147483647 elements does not fit in the 1 bytes left',
    );
    expect(refused({ ids: array(uuid()) }, true, `04 ${'00'.repeat(40)}`)).to.equal(
      'ids at byte 1: array of 3 elements does not fit in the 40 bytes left',
    );
  });

  it('refuses a message of too many elements', () => {
    const frame = Buffer.alloc(600_005, 0);
    frame.writeInt32BE(300_000, 0);
    expect(() => compile({ list: array({ x: int8() }) }, 0, false).read(new Reader(frame))).to.throw(
      DecodeError,
      'list at byte 4: 300000 array elements so far, a message may hold 250000',
    );
  });

  it('refuses a tag whose size is not that of its value', () => {
    const schema = { a: int8(), leader: struct({ id: int32() }).tag(0, 0) };
    expect(refused(schema, true, '01 01 00 06 00000001 00 00 00')).to.equal(
      'leader at byte 9: tag of 6 bytes, but its value takes 5',
    );
    expect(refused(schema, true, '01 01 00 04 00000001 00')).to.equal(
      'leader at byte 9: tag of 4 bytes, but its value takes 5',
    );
  });

  it('refuses a tag that does not fit', () => {
    expect(refused({ a: int8() }, true, '01 01 05 03 aabb')).to.equal(
      'tags at byte 4: tag of 3 bytes does not fit in the 2 bytes left',
    );
  });

  it('refuses a number of tags that are not there, without waiting for all of them', () => {
    expect(refused({ a: int8() }, true, '01 ffffffff0f 00 00')).to.match(/^tags at byte \d: 1 bytes needed, 0 left$/);
  });
});

describe('compile, writing what the version cannot say', () => {
  const schema = {
    name: string(),
    size: int16().default(3),
    ids: array(int16()),
    list: array({ topic: string().nullable(1), leader: struct({ epoch: int32() }) }),
  };
  type Whole = Draft<typeof schema>;
  const good: Whole = { name: 'a', ids: [], list: [] };

  function refused(change: object, version = 0): string {
    try {
      writeHex(schema, version, true, { ...good, ...change } as Whole);
    } catch (error) {
      if (error instanceof EncodeError) return error.message;
      throw error;
    }
    throw new Error('nothing was refused');
  }

  it('names the field of a number out of range', () => {
    expect(refused({ size: 70000 })).to.equal('size: 70000 is not an int16');
  });

  it('names indexes and structs on the way', () => {
    const list = [
      { topic: 'a', leader: { epoch: 1 } },
      { topic: 'b', leader: { epoch: 2 ** 40 } },
    ];
    expect(refused({ list })).to.equal('list[1].leader.epoch: 1099511627776 is not an int32');
    expect(refused({ ids: [1, 2, 3.5] })).to.equal('ids[2]: 3.5 is not an int16');
  });

  it('refuses null in a version that does not allow it', () => {
    const list = [{ topic: null, leader: { epoch: 1 } }];
    expect(refused({ list })).to.equal('list[0].topic: is null, which version 0 cannot say');
    expect(writeHex(schema, 1, true, { ...good, list })).to.be.a('string');
    expect(refused({ name: null })).to.equal('name: is null, which version 0 cannot say');
    expect(refused({ ids: null })).to.equal('ids: is null, which version 0 cannot say');
  });

  it('refuses a draft that leaves out a field without a default', () => {
    expect(refused({ name: undefined })).to.equal('name: is left out, but has no default');
    expect(refused({ list: [{ topic: 'a' }] })).to.equal('list[0].leader: is left out, but has no default');
    expect(refused({ list: [undefined] })).to.equal('list[0]: is left out, but has no default');
  });

  it('refuses what was wrong, even if it has become right by the time the reason is looked for', () => {
    let asked = 0;
    const draft = {
      get size() {
        return asked++ === 0 ? 70000 : 7;
      },
    };
    const writer = new Writer();
    expect(() => compile({ size: int16() }, 0, false).write(writer, draft)).to.throw(EncodeError);
  });

  it('names the field inside a tagged struct', () => {
    const tagged = { leader: struct({ id: int32().default(-1) }).tag(0, 0) };
    expect(() => writeHex(tagged, 0, true, { leader: { id: 0.5 } })).to.throw(
      EncodeError,
      'leader.id: 0.5 is not an int32',
    );
  });
});
