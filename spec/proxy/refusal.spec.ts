import { expect } from 'chai';
import { apis } from '../../lib/apis';
import { exchanges } from '../../lib/apis/exchanges';
import { errors, Hangup } from '../../lib/errors';
import { Reader, Writer } from '../../lib/protocol/bytes';
import type { Exchange } from '../../lib/protocol/exchange';
import { refusal } from '../../lib/proxy/refusal';
import { fixtureLines, type Vector } from '../support/kafka-definitions';

const served = new Set(apis.map(({ key }) => key));
const unserved = [...exchanges().values()].filter(({ key }) => !served.has(key));
const vectors = fixtureLines<Vector>('golden-requests.jsonl.gz');
const error = errors.THROTTLING_QUOTA_EXCEEDED.because('too much');

/** The refusal of a request that Kafka wrote, as a client reads it. */
function seen(api: Exchange, { version, hex }: Vector): object {
  const request = api.requestCodec(version).read(new Reader(Buffer.from(hex, 'hex')));
  const writer = new Writer();
  api.responseCodec(version).write(writer, refusal(api, request, error) as never);
  return api.responseCodec(version).read(new Reader(writer.takeBuffer()));
}

const readable = (_name: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

describe('refusal', () => {
  it('says the error to whatever Kafka asks, in every version of every API that the broker does not serve', () => {
    const silent = new Set<string>();
    for (const api of unserved) {
      for (const vector of vectors.filter(({ key, fill }) => key === api.key && fill === 'filled')) {
        try {
          if (!JSON.stringify(seen(api, vector), readable).match(new RegExp(`rrorCode":${error.code}\\b`)))
            silent.add(api.name);
        } catch (reason) {
          if (!(reason instanceof Hangup)) throw reason;
          silent.add(api.name);
        }
      }
    }
    expect([...silent]).to.deep.equal([]);
  });

  it('repeats what was asked, so that the client knows of what the error is', () => {
    const addPartitions = exchanges().get(24)!;
    const topics = [{ name: 'orders', partitions: [0, 3] }];
    const body = { v3AndBelowTransactionalId: 't', v3AndBelowTopics: topics, transactions: [] };
    expect(refusal(addPartitions, body, error)).to.deep.include({
      resultsByTopicV3AndBelow: [
        {
          name: 'orders',
          resultsByPartition: [
            { partitionIndex: 0, partitionErrorCode: error.code },
            { partitionIndex: 3, partitionErrorCode: error.code },
          ],
        },
      ],
    });
  });

  it('ends the connection where the answer has no place for an error', () => {
    const { key, name } = exchanges().get(18)!;
    const mute = { ...exchanges().get(18)!, key, name, response: {} };
    expect(() => refusal(mute, {}, error)).to.throw(Hangup, `${name} refused: THROTTLING_QUOTA_EXCEEDED: too much`);
  });
});
