/**
 * Holds every API of lib/apis against Kafka 4.4: declared fields, versions, and all messages that Kafka wrote. It walks
 * the list, so that a new API cannot forget.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { apis } from '../../lib/apis';
import { errors, Hangup, KafkaError } from '../../lib/errors';
import { Answer, type Api } from '../../lib/protocol/api';
import { DecodeError, Writer } from '../../lib/protocol/bytes';
import type { Scope } from '../../lib/protocol/scope';
import type { Services } from '../../lib/services';
import { apiTable, damagedRequests, holdToKafka, read, samplesOf } from '../support/held-to-kafka';
import { scopeOf, TestBroker } from '../support/services';

describe('apis', () => {
  for (const api of apis) {
    describe(api.name, () => {
      holdToKafka(api);

      it('advertises what Kafka advertises, no more', () => {
        const { from, to } = apiTable.find(({ key }) => key === api.key)!.advertised!;
        expect(api.advertised.from).to.be.at.least(from);
        expect(api.advertised.to).to.be.at.most(to);
      });

      it('refuses any request in every version, and says the error', () => {
        for (const { version, fill, bytes } of samplesOf(api, 'request')) {
          const request = read(api.requestCodec(version), bytes);
          const writer = new Writer();
          api.responseCodec(version).write(writer, api.refuse(request, errors.REQUEST_TIMED_OUT.because('too late')));
          const refusal = read(api.responseCodec(version), writer.takeBuffer());
          if (fill === 'filled') expect(codesIn(refusal), `v${version}`).to.include(errors.REQUEST_TIMED_OUT.code);
        }
      });

      it('answers whatever it can read, or refuses it', async () => {
        const broker = new TestBroker();
        broker.topic('orders');
        broker.feature('group.version', 1);
        const answered = fc.asyncProperty(damagedRequests(api), async ({ version, bytes }) => {
          const request = readOrNull(api, version, bytes);
          if (request === null) return;
          const scope = scopeOf(version, { signal: AbortSignal.abort() });
          const answer = await answerOrRefusal(api, request, scope, broker.services);
          if (answer === null) return;
          const writer = new Writer();
          api.responseCodec(version).write(writer, answer instanceof Answer ? answer.body : answer);
          read(api.responseCodec(version), writer.takeBuffer());
        });
        await fc.assert(answered, { numRuns: 200 });
        expect(broker.logged).to.deep.equal([]);
      });
    });
  }
});

function readOrNull(api: Api, version: number, bytes: Buffer): Record<string, unknown> | null {
  try {
    return read(api.requestCodec(version), bytes);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** As the pipeline does it: a KafkaError is refused, a Hangup is the end, anything else is a bug. */
async function answerOrRefusal(api: Api, request: Record<string, unknown>, scope: Scope, services: Services) {
  try {
    return await api.handle(request, scope, services);
  } catch (error) {
    if (error instanceof KafkaError) return api.refuse(request, error);
    if (error instanceof Hangup) return null;
    throw error;
  }
}

/** Every error code of an answer. */
function codesIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'errorCode' ? [inner] : codesIn(inner)));
}
