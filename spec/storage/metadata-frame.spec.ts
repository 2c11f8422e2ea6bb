import { expect } from 'chai';
import { DecodeError, EncodeError } from '../../lib/protocol/bytes';
import { decodeRecord, encodeRecord, recordVersion } from '../../lib/storage/metadata-frame';
import type { MetadataDraft } from '../../lib/storage/metadata-records';

describe('decodeRecord', () => {
  it('hands records of unknown types and versions back as they are', () => {
    const newType = Buffer.from('01fa01000102', 'hex');
    expect(decodeRecord(newType)).to.deep.equal({ name: 'Unknown', type: 250, version: 0, frame: newType });
    const newVersion = Buffer.from('010201ff', 'hex');
    expect(decodeRecord(newVersion)).to.deep.equal({ name: 'Unknown', type: 2, version: 1, frame: newVersion });
  });

  it('refuses another frame version, bytes behind the message and a message cut short, naming the field', () => {
    const topic = '01020004666f6f71a59a5189684f8b937e00000000000100';
    const decode = (hex: string) => () => decodeRecord(Buffer.from(hex, 'hex'));
    expect(decode(`00${topic.slice(2)}`)).to.throw(DecodeError, 'frameVersion at byte 0: frame version 0');
    expect(decode(`${topic}00`)).to.throw(DecodeError, '1 bytes behind the end of the message');
    expect(decode(topic.slice(0, 30))).to.throw(DecodeError, 'TopicRecord.topicId at byte 7: 16 bytes needed, 8 left');
    expect(decode('')).to.throw(DecodeError);
  });
});

describe('encodeRecord', () => {
  it('refuses what a version cannot say, and writes the next record as if nothing had been', () => {
    const topic: MetadataDraft = { name: 'TopicRecord', version: 0, data: { name: 'foo', topicId: 'not a uuid' } };
    const end: MetadataDraft = { name: 'EndTransactionRecord', version: 0, data: {} };
    expect(() => encodeRecord(topic)).to.throw(EncodeError);
    expect(encodeRecord(end).toString('hex')).to.equal('01180000');
  });
});

describe('recordVersion', () => {
  it('is what each level of metadata.version allows', () => {
    const levels = [7, 8, 16, 17, 22, 23, 29, 30, 33];
    const versions = (name: Parameters<typeof recordVersion>[0]) => levels.map((level) => recordVersion(name, level));
    expect(versions('RegisterBrokerRecord')).to.deep.equal([1, 2, 2, 3, 3, 3, 3, 4, 4]);
    expect(versions('PartitionRecord')).to.deep.equal([0, 0, 0, 1, 1, 2, 2, 2, 2]);
    expect(versions('PartitionChangeRecord')).to.deep.equal([0, 0, 0, 1, 1, 2, 2, 2, 2]);
  });
});
