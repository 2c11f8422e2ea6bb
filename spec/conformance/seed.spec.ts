import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Service, serve } from '../support/child';
import { Cursor } from '../support/foreign/bytes';
import {
  apiVersions,
  describeTopics,
  fetch,
  type ProducedTopic,
  type ProduceRow,
  produce,
  readDescribed,
  readFetch,
  readProduce,
} from '../support/foreign/messages';
import { batchOf, layThinDirectory, type ThinTopic } from '../support/foreign/thin-directory';
import { type Home, makeHome } from '../support/launch';
import { freePort } from '../support/probe';
import { Wire } from '../support/wire';

const program = join(__dirname, '../../your_program.sh');
const written = 1726045973899;

/** As testers fill the logs they lay down: the same producer, epoch and sequence in every batch, no header count. */
const laidDown = (values: readonly string[]) =>
  Buffer.concat(
    values.map((value, i) =>
      batchOf([value], {
        baseOffset: i,
        timestamp: written,
        producerId: 0,
        producerEpoch: 0,
        baseSequence: 0,
        headerCount: -1,
      }),
    ),
  );

const empty = Buffer.alloc(0);
const topic = (name: string, ...partitions: Buffer[]): ThinTopic => ({ name, id: randomBytes(16), partitions });

const topics = {
  single: topic('pear', empty),
  unnumbered: topic('quince', empty),
  unnamed: topic('kiwi', empty),
  many: topic('orange', empty),
  spread: topic('grape', empty, empty, empty),
  other: topic('mango', empty),
  piped: topic('plum', empty),
  shared: topic('apple', empty),
  filled: topic('banana', laidDown(['Hello CodeCrafters!'])),
  refilled: topic('cherry', laidDown(['Hello Earth!', 'Hello Reverse Engineering!', 'Hello Universe!'])),
  blank: topic('lemon', empty),
};

/** Batches as testers send them: producer 0 in epoch 0, numbered from 0 on. */
const numbered = (values: readonly string[], baseSequence: number) =>
  batchOf(values, { producerId: 0, producerEpoch: 0, baseSequence });

const one = (name: string, batch: Buffer, index = 0): ProducedTopic[] => [{ name, partitions: [{ index, batch }] }];

const success = (index: number, baseOffset: number): ProduceRow => ({
  index,
  errorCode: 0,
  baseOffset,
  logAppendTimeMs: -1,
  logStartOffset: 0,
  recordErrors: [],
  errorMessage: null,
});

const unknown = (index: number): ProduceRow => ({
  ...success(index, -1),
  errorCode: 3,
  logStartOffset: -1,
});

/** The batch with the offset that the log gave it; nothing else may have changed. */
const placedAt = (batch: Buffer, offset: number) => {
  const placed = Buffer.from(batch);
  placed.writeBigInt64BE(BigInt(offset));
  return placed;
};

describe('the seed: what a tester of simple brokers sees', function () {
  this.timeout(150_000);

  for (const withMetadataLog of [true, false]) {
    describe(withMetadataLog ? 'with a thin metadata log' : 'without any metadata log', () => {
      let home: Home;
      let service: Service;
      let wire: Wire;
      let correlationId = 1000;

      before(async () => {
        home = await makeHome();
        layThinDirectory(home.dir, Object.values(topics), withMetadataLog);
        const [, port] = home.bootstrap.split(':');
        const controllerPort = await freePort();
        const properties = [
          'process.roles=broker,controller',
          'node.id=1',
          `controller.quorum.voters=1@localhost:${controllerPort}`,
          `listeners=PLAINTEXT://:${port},CONTROLLER://:${controllerPort}`,
          'controller.listener.names=CONTROLLER',
          'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
          `log.dirs=${home.dir}`,
        ];
        writeFileSync(home.file, properties.join('\n'));
        service = serve(program, [home.file]);
        await firstConnection(`localhost:${port}`, service);
      });
      beforeEach(async () => {
        wire = await Wire.connect(home.bootstrap);
      });
      afterEach(() => wire.close());
      after(async () => {
        await service?.stop();
        await home?.remove();
      });

      const ask = (bytes: Buffer) => {
        wire.raw(bytes);
        return wire.frame();
      };
      const send = async (asked: readonly ProducedTopic[]) => {
        const answer = readProduce(await ask(produce(++correlationId, asked)));
        expect(answer.correlationId).to.equal(correlationId);
        expect(answer.throttleTimeMs).to.equal(0);
        return answer.topics;
      };
      /** The log as another process reads it. */
      const onDisk = (name: string, partition = 0, baseOffset = 0) =>
        execFileSync('cat', [join(home.dir, `${name}-${partition}`, `${String(baseOffset).padStart(20, '0')}.log`)]);

      it('lists its APIs in ApiVersions 4', async () => {
        const c = new Cursor(await ask(apiVersions(4, -7)));
        expect(c.int32(), 'correlation id').to.equal(-7);
        expect(c.int16(), 'error').to.equal(0);
        const listed = new Map(
          c.array(() => {
            const entry: [number, [number, number]] = [c.int16(), [c.int16(), c.int16()]];
            c.tags();
            return entry;
          }),
        );
        expect(c.int32(), 'throttle').to.equal(0);
        c.tags();
        expect(c.left).to.equal(0);
        for (const [key, version] of [
          [0, 11],
          [1, 16],
          [18, 4],
          [75, 0],
        ] as const)
          expect(listed.get(key)).to.satisfy(([from, to]: [number, number]) => from <= version && version <= to);
        expect(listed.get(0)?.[0]).to.equal(0);
      });

      it('answers versions of ApiVersions that it does not have with error 35, and goes on', async () => {
        for (const version of [1000, 32767, -1]) {
          const c = new Cursor(await ask(apiVersions(version, version + 5)));
          expect(c.int32()).to.equal(version + 5);
          expect(c.int16()).to.equal(35);
          expect([c.int32(), c.int16(), c.int16()]).to.deep.equal([1, 18, 0]);
          expect(c.int16()).to.be.at.least(4).and.below(1000);
          expect(c.left).to.equal(0);
        }
        expect((await ask(apiVersions(4, 9))).readInt16BE(4)).to.equal(0);
      });

      it('produces single records one after another, each in the file when the answer is there', async () => {
        const batches: Buffer[] = [];
        for (const [i, value] of ['Hello!', 'Hello again!', 'And again.'].entries()) {
          const batch = numbered([value], i);
          batches.push(placedAt(batch, i));
          const rows = await send(one('pear', batch));
          expect(rows).to.deep.equal([{ name: 'pear', partitions: [success(0, i)] }]);
          expect(onDisk('pear').equals(Buffer.concat(batches)), `record ${i} on disk`).to.equal(true);
        }
        const fetched = readFetch(await ask(fetch(++correlationId, topics.single.id)));
        expect(fetched.topics[0]?.partitions[0]?.records.equals(Buffer.concat(batches))).to.equal(true);
      });

      it('produces single records of producers that have no id', async () => {
        const batches: Buffer[] = [];
        for (let i = 0; i < 3; i++) {
          const batch = batchOf([`same ${i >> 1}`], { leaderEpoch: -1 });
          const rows = await send(one('quince', batch));
          expect(rows[0]?.partitions).to.deep.equal([success(0, i)]);
          const placed = placedAt(batch, i);
          placed.writeInt32BE(0, 12);
          batches.push(placed);
        }
        expect(onDisk('quince').equals(Buffer.concat(batches))).to.equal(true);
      });

      it('takes an empty transactional id for none', async () => {
        const batch = numbered(['with an empty id'], 0);
        const answer = readProduce(await ask(produce(++correlationId, one('kiwi', batch), '')));
        expect(answer.topics).to.deep.equal([{ name: 'kiwi', partitions: [success(0, 0)] }]);
        expect(onDisk('kiwi').equals(batch)).to.equal(true);
      });

      it('answers a batch that is sent again as it was answered at first', async () => {
        const batch = numbered(['once'], 0);
        const rows = await send(one('mango', batch));
        expect(rows[0]?.partitions).to.deep.equal([success(0, 0)]);
        const again = await send(one('mango', batch));
        expect(again[0]?.partitions[0]).to.include({ errorCode: 0, baseOffset: 0 });
        expect(onDisk('mango').equals(batch)).to.equal(true);
      });

      it('refuses topics and partitions that there are not', async () => {
        const batch = () => numbered(['x'], 0);
        expect(await send(one('nowhere', batch()))).to.deep.equal([{ name: 'nowhere', partitions: [unknown(0)] }]);
        for (const index of [1, 2147483647, -1])
          expect(await send(one('blank', batch(), index))).to.deep.equal([
            { name: 'blank', partitions: [unknown(index)] },
          ]);
        const mixed = [...one('nowhere', batch()), ...one('lemon', batch(), 7)];
        expect(await send(mixed)).to.have.deep.members([
          { name: 'nowhere', partitions: [unknown(0)] },
          { name: 'lemon', partitions: [unknown(7)] },
        ]);
      });

      it('produces many records in one batch', async () => {
        const values = Array.from({ length: 50 }, (_, i) => `record ${i}`);
        const batch = numbered(values, 0);
        expect((await send(one('orange', batch)))[0]?.partitions).to.deep.equal([success(0, 0)]);
        const next = numbered(['the next'], 50);
        expect((await send(one('orange', next)))[0]?.partitions).to.deep.equal([success(0, 50)]);
        expect(onDisk('orange').equals(Buffer.concat([batch, placedAt(next, 50)]))).to.equal(true);
      });

      it('produces to several partitions and topics in one request', async () => {
        const asked = [
          { name: 'grape', partitions: [0, 1, 2].map((index) => ({ index, batch: numbered([`to ${index}`], 0) })) },
          ...one('apple', numbered(['a', 'b'], 0)),
        ];
        expect(await send(asked)).to.have.deep.members([
          { name: 'grape', partitions: [success(0, 0), success(1, 0), success(2, 0)] },
          { name: 'apple', partitions: [success(0, 0)] },
        ]);
        for (const { name, partitions } of asked)
          for (const { index, batch } of partitions) expect(onDisk(name, index).equals(batch)).to.equal(true);
      });

      it('fetches nothing when nothing is asked for', async () => {
        const answer = readFetch(await ask(fetch(71, null)));
        expect(answer).to.deep.include({ correlationId: 71, throttleTimeMs: 0, errorCode: 0, topics: [] });
      });

      it('fetches an unknown topic id with error 100', async () => {
        const id = randomBytes(16);
        const { errorCode, topics: found } = readFetch(await ask(fetch(72, id)));
        expect(errorCode).to.equal(0);
        expect(found).to.have.lengthOf(1);
        expect(found[0]?.id.equals(id)).to.equal(true);
        expect(found[0]?.partitions.map(({ index, errorCode }) => [index, errorCode])).to.deep.equal([[0, 100]]);
        expect(found[0]?.partitions[0]?.records).to.have.lengthOf(0);
      });

      it('fetches an empty topic', async () => {
        const answer = readFetch(await ask(fetch(73, topics.blank.id)));
        const partitions = answer.topics[0]?.partitions;
        expect(partitions?.map(({ records, ...rest }) => ({ ...rest, bytes: records.length }))).to.deep.equal([
          { index: 0, errorCode: 0, highWatermark: 0, lastStableOffset: 0, logStartOffset: 0, bytes: 0 },
        ]);
      });

      for (const laid of [topics.filled, topics.refilled]) {
        it(`fetches the ${laid === topics.filled ? 'record' : 'records'} laid down before the start, to the byte`, async () => {
          const answer = readFetch(await ask(fetch(74, laid.id)));
          const found = answer.topics[0];
          expect(found?.id.equals(laid.id)).to.equal(true);
          expect(found?.partitions[0]?.errorCode).to.equal(0);
          expect(found?.partitions[0]?.records.equals(laid.partitions[0]!)).to.equal(true);
        });
      }

      it('appends behind the records laid down before the start, whatever their sequence numbers', async () => {
        const laid = topics.refilled.partitions[0]!;
        const batch = numbered(['Hello!'], 0);
        expect((await send(one('cherry', batch)))[0]?.partitions).to.deep.equal([success(0, 3)]);
        // Years lie between them, which is more than a segment may span.
        expect(onDisk('cherry').equals(laid)).to.equal(true);
        expect(onDisk('cherry', 0, 3).equals(placedAt(batch, 3))).to.equal(true);
      });

      it('describes topics, sorted by name', async () => {
        const asked = ['pear', 'nowhere', 'grape', 'apple'];
        const answer = readDescribed(await ask(describeTopics(81, asked)));
        expect([answer.correlationId, answer.cursor]).to.deep.equal([81, -1]);
        expect(answer.topics.map(({ name }) => name)).to.deep.equal(['apple', 'grape', 'nowhere', 'pear']);
        const [apple, grape, nowhere] = answer.topics;
        const partition = (index: number) => ({
          errorCode: 0,
          index,
          leader: 1,
          replicas: [1],
          isr: [1],
          offline: [],
        });
        expect(apple).to.deep.equal({
          errorCode: 0,
          name: 'apple',
          id: topics.shared.id,
          isInternal: false,
          partitions: [partition(0)],
        });
        expect(grape?.partitions).to.deep.equal([partition(0), partition(1), partition(2)]);
        expect(nowhere).to.deep.equal({
          errorCode: 3,
          name: 'nowhere',
          id: Buffer.alloc(16),
          isInternal: false,
          partitions: [],
        });
      });

      it('serves several clients at once, whoever reads first', async () => {
        const wires = await Promise.all([0, 1, 2, 3].map(() => Wire.connect(home.bootstrap)));
        for (const [i, each] of wires.entries()) each.raw(apiVersions(4, 100 + i));
        for (const [i, each] of [...wires.entries()].reverse()) {
          expect((await each.frame()).readInt32BE(0)).to.equal(100 + i);
          each.close();
        }
      });

      it('answers requests that follow each other without waiting, in order and in their own frames', async () => {
        const batches = Array.from({ length: 10 }, (_, i) => numbered([`piped ${i}`], i));
        const frames = batches.flatMap((batch, i) => [produce(i, one('plum', batch)), apiVersions(4, 500 + i)]);
        wire.raw(Buffer.concat(frames));
        for (const i of batches.keys()) {
          const answer = readProduce(await wire.frame());
          expect(answer.correlationId).to.equal(i);
          expect(answer.topics[0]?.partitions).to.deep.equal([success(0, i)]);
          expect((await wire.frame()).readInt32BE(0)).to.equal(500 + i);
        }
        expect(wire.unread).to.equal(0);
      });

      it('puts a request together that comes in pieces', async () => {
        const whole = apiVersions(4, 42);
        for (const byte of whole) {
          wire.raw(Buffer.from([byte]));
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect((await wire.frame()).readInt32BE(0)).to.equal(42);
      });

      it('stops within two seconds of SIGTERM, clients or not', async () => {
        const begunMs = performance.now();
        await service.stop();
        expect(performance.now() - begunMs).to.be.lessThan(2000);
        expect(await service.ended).to.match(/code 0$/);
        expect(readFileSync(join(home.dir, '.kafka_cleanshutdown'), 'utf8')).to.match(/^\{"version":0,/);
      });
    });
  }
});

/** Dials at once, and again until somebody listens, as testers do. */
async function firstConnection(bootstrap: string, service: Service): Promise<void> {
  const [host, port] = bootstrap.split(':');
  let end: string | undefined;
  void service.ended.then((sentence) => {
    end = sentence;
  });
  for (;;) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(Number(port), host, () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isOpen) return;
    if (end !== undefined) throw new Error(`${end}\n${service.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
