import { expect } from 'chai';
import { apiVersions, createTopics, fetch, produce } from '../../../lib/apis';
import { exchanges } from '../../../lib/apis/exchanges';
import { assembled } from '../../../lib/capture/mrcap/parts';
import { RecordedAnswer, RecordedRequest } from '../../../lib/capture/recorded';
import { type Redacted, Redactor } from '../../../lib/capture/redact/redactor';
import { secretKinds } from '../../../lib/capture/redact/secrets';
import { zeroUuid } from '../../../lib/protocol/bytes';
import type { Exchange } from '../../../lib/protocol/exchange';
import type { Schema } from '../../../lib/protocol/schema';
import { buildBatch } from '../../../lib/records/build';
import { codecs } from '../../../lib/records/compression';
import { recordsOf } from '../../../lib/records/record';
import { answerBytes, requestBytes } from '../../support/recordings';

const redactor = new Redactor(secretKinds.filter((kind) => kind !== 'keys'));
const place = { number: 1, connection: 1, client: '', sentAtMs: 0 };

function bytesOf(redacted: Redacted): Buffer {
  if (redacted.is === 'parts') return assembled(redacted.parts);
  if (redacted.is === 'bytes') return redacted.bytes;
  throw new Error(`it is ${JSON.stringify(redacted)}`);
}

/** The body of a request after its secrets were taken out. */
function redactedBody(exchange: Exchange, version: number, body: object): Record<string, unknown> {
  const made = bytesOf(redactor.request(requestBytes(exchange, version, body as never)));
  return new RecordedRequest(place, made).body.body!;
}

const named = (name: string) => [...exchanges().values()].find((one) => one.name === name)! as Exchange<Schema, Schema>;

describe('Redactor', () => {
  it('hides the values of what is produced and fetched, of each partition, in every version', () => {
    const batches = [codecs.none, codecs.lz4].map((codec) => buildBatch([{ key: 'k', value: 'SECRET' }], { codec }));
    for (let version = produce.versions.from; version <= produce.versions.to; version++) {
      const partitionData = batches.map((records, index) => ({ index, records }));
      const topicData = [
        { name: 'a', partitionData: [...partitionData, { index: 2, records: null }] },
        { name: 'b', partitionData },
      ];
      const body = redactedBody(produce, version, { acks: 1, timeoutMs: 9, topicData });
      const seen = (body['topicData'] as typeof topicData).flatMap((topic) => topic.partitionData);
      expect(
        seen.map(({ records }) =>
          records === null ? null : [...recordsOf(records)].map(({ key, value }) => `${key}=${value}`),
        ),
      ).to.deep.equal([['k=redact'], ['k=redact'], null, ['k=redact'], ['k=redact']]);
    }
    for (const version of [4, 12, 16]) {
      const partitions = batches.map((records, partitionIndex) => ({
        partitionIndex,
        errorCode: 0,
        highWatermark: 5,
        abortedTransactions: null,
        records,
      }));
      const frame = answerBytes(fetch, version, {
        errorCode: 0,
        sessionId: 0,
        responses: [{ topic: 'a', topicId: zeroUuid, partitions }],
      } as never);
      const made = bytesOf(redactor.answer(frame, fetch.key, version));
      const asked = new RecordedRequest(
        place,
        requestBytes(fetch, version, { topics: [], maxWaitMs: 1, minBytes: 1 } as never),
      );
      const { body } = new RecordedAnswer(asked, made, 0).body;
      const seen = (body!['responses'] as { partitions: { records: Buffer }[] }[])[0]!.partitions;
      expect(seen.map(({ records }) => String([...recordsOf(records)][0]!.value))).to.deep.equal(['redact', 'redact']);
    }
  });

  it('hides what logs somebody in, with as many other bytes', () => {
    expect(redactedBody(named('SaslAuthenticate'), 2, { authBytes: Buffer.from('\0user\0pass') })).to.deep.equal({
      authBytes: Buffer.from('xxxxxxxxxx'),
    });
    const upsertions = [
      { name: 'u', mechanism: 1, iterations: 4096, salt: Buffer.from('s'), saltedPassword: Buffer.from('pw') },
    ];
    const body = redactedBody(named('AlterUserScramCredentials'), 0, { deletions: [], upsertions });
    expect(body['upsertions']).to.deep.equal([
      { ...upsertions[0], salt: Buffer.from('x'), saltedPassword: Buffer.from('xx') },
    ]);
  });

  it('hides configurations that are secret by their names', () => {
    const configs = [
      { name: 'retention.ms', value: '5' },
      { name: 'ssl.key.password', value: 'päss' },
      { name: 'x.secret', value: null },
    ];
    const topics = [{ name: 't', numPartitions: 1, replicationFactor: 1, assignments: [], configs }];
    const body = redactedBody(createTopics, 5, { topics, timeoutMs: 1, validateOnly: false });
    expect((body['topics'] as typeof topics)[0]!.configs.map(({ value }) => value)).to.deep.equal(['5', 'xxxxx', null]);
  });

  it('leaves what holds no secrets as it is, and says what it does not know', () => {
    expect(redactor.request(requestBytes(apiVersions, 3, {} as never))).to.deep.equal({ is: 'same' });
    expect(redactor.request(Buffer.from([0x7f, 0xff, 0, 0, 0, 0, 0, 1]))).to.deep.equal({ is: 'unknown' });
    expect(redactor.request(Buffer.alloc(1))).to.deep.equal({ is: 'same' });
    const empty = requestBytes(produce, 9, { acks: 1, timeoutMs: 9, topicData: [] });
    expect(redactor.request(empty)).to.deep.equal({ is: 'same' });
    expect([
      redactor.looksAtAnswers(fetch.key),
      redactor.looksAtAnswers(produce.key),
      redactor.looksAtAnswers(999),
    ]).to.deep.equal([true, false, false]);
  });

  it('leaves out what it cannot read', () => {
    const whole = requestBytes(produce, 9, { acks: 1, timeoutMs: 9, topicData: [] });
    const why = (redacted: Redacted) => (redacted.is === 'lost' ? redacted.why : redacted.is);
    expect(why(redactor.request(whole.subarray(0, -3)))).to.match(
      /^a Produce request was left out: it may hold secrets, and cannot be read \(/,
    );
    const old = Buffer.from(whole);
    old.writeInt16BE(1, 2);
    expect(why(redactor.request(old))).to.match(/version 1 is not known/);
    expect(why(redactor.request(whole.subarray(0, 9)))).to.match(/^a Produce request was left out/);
    expect(why(redactor.answer(Buffer.alloc(3), fetch.key, 12))).to.match(/^a Fetch response was left out/);
  });

  it('hides only what it is told to', () => {
    const nothing = new Redactor(['configs']);
    const body = {
      acks: 1,
      timeoutMs: 9,
      topicData: [{ name: 'a', partitionData: [{ index: 0, records: buildBatch([{ value: 'x' }]) }] }],
    };
    expect(nothing.request(requestBytes(produce, 9, body as never))).to.deep.equal({ is: 'same' });
    expect([nothing.hidesSasl, redactor.hidesSasl]).to.deep.equal([false, true]);
  });
});
