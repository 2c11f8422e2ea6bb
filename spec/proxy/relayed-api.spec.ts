import { expect } from 'chai';
import { metadata, produce } from '../../lib/apis';
import { apiVersions } from '../../lib/apis/api-versions';
import { Reader, Writer } from '../../lib/protocol/bytes';
import { pinVersion, relayed } from '../../lib/proxy/relayed-api';

const relayedProduce = relayed(produce);
const records = Buffer.alloc(5000, 7);
const body = {
  transactionalId: null,
  ...{ acks: 1, timeoutMs: 5 },
  topicData: [{ name: 't', topicId: 'AAAAAAAAAAAAAAAAAAAAAA', partitionData: [{ index: 0, records }] }],
};

function bytesOf(version: number, tail = ''): Buffer {
  const writer = new Writer();
  produce.requestCodec(version).write(writer, body);
  return Buffer.concat([writer.takeBuffer(), Buffer.from(tail)]);
}

function written(draft: object, version: number): Buffer[] {
  const writer = new Writer();
  relayedProduce.requestCodec(version).write(writer, draft as never);
  return writer.take();
}

describe('relayed', () => {
  it('writes a body that is still the same as the very bytes it was read from, records by reference', () => {
    const bytes = bytesOf(9, 'and what nobody understands');
    const chunks = written(relayedProduce.requestCodec(9).read(new Reader(bytes)), 9);
    expect(chunks).to.have.length(1);
    expect(chunks[0]!.buffer).to.equal(bytes.buffer);
    expect(chunks[0]!.equals(bytes)).to.equal(true);
  });

  it('writes anew what somebody has replaced, and what goes out in another version', () => {
    const read = relayedProduce.requestCodec(9).read(new Reader(bytesOf(9, 'tail')));
    expect(Buffer.concat(written({ ...read }, 9)).equals(bytesOf(9))).to.equal(true);
    expect(Buffer.concat(written(read, 8)).equals(bytesOf(8))).to.equal(true);
  });

  it('lets calls overlap, whatever they do here', () => {
    expect(metadata.order).to.equal('exclusive');
    expect(relayed(metadata).order).to.equal('pipelined');
  });
});

describe('pinVersion', () => {
  it('has a body written in a version of its own', () => {
    const refusal = { errorCode: 35, apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 3 }] };
    pinVersion(refusal, 0);
    const writer = new Writer();
    relayed(apiVersions).responseCodec(4).write(writer, refusal);
    expect(writer.takeBuffer().toString('hex')).to.equal('0023000000010012' + '00000003');
  });
});
