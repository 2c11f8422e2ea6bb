/**
 * Real clients through ready-made taps: what they make of records that change, go and stay hidden, of throttling, and of
 * copies. The broker is in this process, with its taps; MILLRACE_BOOTSTRAP does not concern it.
 */
import { expect } from 'chai';
import { produce } from '../../lib/apis/produce';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { onReply } from '../../lib/pipeline/on-reply';
import type { Taps } from '../../lib/pipeline/seams';
import { mergeTaps } from '../../lib/pipeline/taps';
import { mapRecords, mirror, rateLimit } from '../../lib/taps';
import { clientsRequired } from '../support/conformance';
import { clients } from './clients/all';
import type { Client, Codec, Rec } from './clients/client';
import { confluentKafka } from './clients/confluent-kafka';
import { javaTools } from './clients/java-tools';
import { kafka, kafkajs } from './clients/kafkajs';
import { kcat } from './clients/kcat';

const rec = (value: string): Rec => ({ key: Buffer.from('k'), value: Buffer.from(value), headers: [] });
/** Compressible, so that no client leaves a batch as it is. */
const filler = ' filler'.repeat(20);
const texts = (values: readonly { value: Buffer | null }[]) =>
  values.map(({ value }) => `${value}`.replace(new RegExp(filler, 'i'), ''));

/** In: `drop…` goes, `up…` is in upper case. Out: `hide…` is not shown, `low…` is shown in upper case. */
const mapping = mapRecords({
  produce: ({ value }) => {
    const text = `${value}`;
    return text.startsWith('drop') ? null : text.startsWith('up') ? { value: text.toUpperCase() } : undefined;
  },
  fetch: ({ value }) => {
    const text = `${value}`;
    return text.startsWith('hide') ? null : text.startsWith('low') ? { value: text.toUpperCase() } : undefined;
  },
});
const rounds = [
  ['a', 'drop 1', 'up 2', 'hide 3', 'low 4', 'hide 5'],
  ['drop 6', 'drop 7'],
  ['hide 8', 'hide 9'],
  ['b', 'drop 10', 'hide 11'],
  ['end'],
].map((values) => [values.map((value) => rec(value + filler))]);
const shown = ['0 a', '1 UP 2', '3 LOW 4', '7 b', '9 end'];

describe('real clients through taps', function () {
  this.timeout(120_000);
  let broker: Broker | null = null;
  afterEach(async () => {
    await broker?.close();
    broker = null;
  });

  async function open(taps: Taps, ...topics: string[]): Promise<string> {
    broker = await createBroker({ taps, topics });
    return (await broker.listen()).bootstrap;
  }
  const skipsIfMissing = (client: Client, then: () => void) => {
    const missing = client.missing();
    if (missing !== null && !clientsRequired()) it(`needs ${missing}`);
    else then();
  };

  for (const client of clients) {
    describe(client.name, () =>
      skipsIfMissing(client, () => {
        // Java starts a program for every word, and takes ten seconds for each codec.
        for (const codec of client === javaTools ? (['gzip'] as const) : client.codecs) {
          it(`writes and reads ${codec} batches through mapRecords, without losing its place or its sequence`, async () => {
            const bootstrap = await open(mapping, 'mapped');
            await client.produce(bootstrap, { topic: 'mapped', codec, idempotent: true, rounds });
            const stored = await broker!.records('mapped').toArray();
            expect(texts(stored)).to.deep.equal([
              ...['a', 'UP 2', 'hide 3', 'low 4', 'hide 5', 'hide 8', 'hide 9', 'b', 'hide 11', 'end'],
            ]);
            const [read = []] = await client.read(bootstrap, [
              { topic: 'mapped', partition: 0, offset: 0, count: shown.length },
            ]);
            expect(read.map(({ offset, value }) => `${offset} ${texts([{ value }])[0]}`)).to.deep.equal(shown);
          });
        }
      }),
    );
  }

  it('kafkajs reads in a group past records that it is not shown', async () => {
    const bootstrap = await open(mapping, 'mapped');
    await kafkajs.produce(bootstrap, { topic: 'mapped', codec: 'gzip', idempotent: true, rounds });
    const consumer = kafka(bootstrap).consumer({ groupId: 'readers' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'mapped', fromBeginning: true });
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      const eachMessage = async ({ message }: { message: { offset: string; value: Buffer | null } }) => {
        seen.push(`${message.offset} ${texts([message])[0]}`);
        if (seen.length === shown.length) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    await consumer.disconnect();
    expect(seen).to.deep.equal(shown);
  });

  for (const client of [kafkajs, kcat, confluentKafka]) {
    describe(client.name, () =>
      skipsIfMissing(client, () => {
        it('is throttled by rateLimit, and loses nothing', async () => {
          const throttles: number[] = [];
          const looks = onReply(produce, 'looks', ({ throttleTimeMs = 0 }) => void throttles.push(throttleTimeMs));
          const limit = rateLimit({ produceBytesPerSecond: 40_000, burstSeconds: 0.25 });
          const bootstrap = await open(mergeTaps(limit, { replies: [looks] }), 'limited');
          const values = Array.from({ length: 6 }, (_, i) => `${i} ${'x'.repeat(10_000)}`);
          const startedMs = performance.now();
          await client.produce(bootstrap, {
            ...{ topic: 'limited', codec: 'none' as Codec, idempotent: true },
            rounds: values.map((value) => [[rec(value)]]),
          });
          // kcat ends after each round, and who comes anew is told but does not wait.
          if (client !== kcat) expect(performance.now() - startedMs).to.be.greaterThan(800);
          expect(Math.max(...throttles)).to.be.greaterThan(100);
          expect(texts(await broker!.records('limited').toArray())).to.deep.equal(values);
        });

        for (const onAckPath of [false, true]) {
          it(`is mirrored ${onAckPath ? 'on' : 'off'} the ack path`, async () => {
            const copies = mirror({ topics: ['first'], to: 'copy', onAckPath });
            const bootstrap = await open(copies.taps, 'first', 'copy');
            const load = { topic: 'first', codec: 'gzip' as Codec, idempotent: true, rounds };
            await client.produce(bootstrap, load);
            await copies.settled();
            const all = rounds.flatMap(([records]) => records!).map(({ value }) => `${value}`);
            const [read = []] = await client.read(bootstrap, [
              { topic: 'copy', partition: 0, offset: 0, count: all.length },
            ]);
            expect(read.map(({ offset, value }) => `${offset} ${value}`)).to.deep.equal(
              all.map((value, offset) => `${offset} ${value}`),
            );
            expect(copies.figures()).to.include({ failed: 0, dropped: 0 });
          });
        }
      }),
    );
  }
});
