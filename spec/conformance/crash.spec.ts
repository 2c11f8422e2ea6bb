import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { metadata } from '../../lib/apis/metadata';
import { buildBatch } from '../../lib/records/build';
import type { Service } from '../support/child';
import { type Home, launch, makeHome } from '../support/launch';
import { type ReadRecord, readAll } from '../support/reading';
import { Wire } from '../support/wire';
import { append, createTopic, newProducerId, send } from '../support/writing';

const rounds = 10;
/** Acknowledgements of each kind after which a round is over. */
const smallPerRound = 90;
const largePerRound = 2;
const numberedPerRound = 25;
const topicsPerRound = 1;
/** Requests that each producer has in flight. */
const window = 5;
const smallWriters = 3;
const largeBytes = 700_000;

/** A producer without ids: never sends anything twice. */
class Plain {
  readonly topic: string;
  readonly partition: number;
  readonly acked = new Map<number, string>();
  private readonly padBytes: number;
  private sent = 0;

  constructor(topic: string, partition: number, padBytes = 0) {
    this.topic = topic;
    this.partition = partition;
    this.padBytes = padBytes;
  }

  /** Sends without end; rejects when the broker is gone. */
  async load(wire: Wire): Promise<never> {
    const lanes = Array.from({ length: window }, async (): Promise<never> => {
      for (;;) {
        const name = `${this.topic}-${this.partition} ${this.sent++}`;
        const batch = buildBatch([{ key: name, value: padding(name, this.padBytes) }], { timestamp: Date.now() });
        this.acked.set(await append(wire, this.topic, this.partition, batch), name);
      }
    });
    return await Promise.race(lanes);
  }

  /** Every acknowledged record is where it was acknowledged, and no record is there twice. */
  check(records: readonly ReadRecord[]): void {
    const found = new Map(records.map(({ offset, key }) => [offset, String(key)]));
    expect([...found.keys()], 'offsets').to.deep.equal([...found.keys()].map((_, i) => i));
    expect(new Set(found.values()).size, 'names').to.equal(found.size);
    for (const [offset, name] of this.acked) expect(found.get(offset)).to.equal(name);
    for (const { key, value } of records)
      expect(value!.equals(padding(String(key), this.padBytes)), String(key)).to.equal(true);
  }
}

/** An idempotent producer: sends again, under the same sequence number, what was not acknowledged. */
class Numbered {
  readonly topic = 'numbered';
  readonly acked = new Map<number, number>();
  private readonly producerId: number;
  private readonly unacked = new Map<number, Buffer>();
  private nextSequence = 0;

  constructor(producerId: number) {
    this.producerId = producerId;
  }

  async load(wire: Wire): Promise<never> {
    const inFlight = [...this.unacked].map(([sequence, batch]) => this.send(wire, sequence, batch));
    for (;;) {
      while (inFlight.length < window) {
        const sequence = this.nextSequence++;
        const options = {
          producerId: this.producerId,
          producerEpoch: 0,
          baseSequence: sequence,
          timestamp: Date.now(),
        };
        const batch = buildBatch([{ value: `${sequence}` }], options);
        this.unacked.set(sequence, batch);
        inFlight.push(this.send(wire, sequence, batch));
      }
      await inFlight.shift();
    }
  }

  private send(wire: Wire, sequence: number, batch: Buffer): Promise<void> {
    const sending = send(wire, this.topic, 0, batch).then(({ errorCode, baseOffset }) => {
      if (errorCode !== 0) throw new Error(`sequence ${sequence}: error ${errorCode}`);
      this.unacked.delete(sequence);
      this.acked.set(sequence, baseOffset);
    });
    sending.catch(() => {}); // those behind the first that fails are not waited for
    return sending;
  }

  /** Every sequence number is there once and in order. */
  check(records: readonly ReadRecord[]): void {
    expect(records.map(({ value }) => Number(value))).to.deep.equal([...records.keys()]);
    for (const [sequence, offset] of this.acked) expect(offset).to.equal(sequence);
    expect(records.length).to.be.at.least(this.acked.size);
  }
}

describe('a broker killed with SIGKILL under load, ten times over', function () {
  this.timeout(120_000);
  let home: Home;
  let service: Service;
  let topicIds: Map<string, string>;
  let numbered: Numbered;
  const small = Array.from({ length: smallWriters }, (_, i) => new Plain('small', i));
  const large = new Plain('large', 0, largeBytes);
  const made: string[] = [];

  before(async () => {
    home = await makeHome();
    service = await launch(home);
    const wire = await Wire.connect(home.bootstrap);
    const rolling = { 'segment.bytes': '4194304' };
    topicIds = new Map([
      ['small', await createTopic(wire, 'small', { partitions: smallWriters })],
      ['large', await createTopic(wire, 'large', { configs: rolling })],
      ['numbered', await createTopic(wire, 'numbered')],
    ]);
    numbered = new Numbered(await newProducerId(wire));
    wire.close();
  });
  after(async () => {
    await service?.kill();
    await home?.remove();
  });

  /** Loads the broker until every producer has had its share of acknowledgements, then kills it in the midst of it. */
  async function loadAndKill(round: number): Promise<void> {
    const counts = () => [sum(small), large.acked.size, numbered.acked.size, made.length];
    const enough = counts().map(
      (count, i) => count + [smallPerRound, largePerRound, numberedPerRound, topicsPerRound][i]!,
    );
    const wires = await Promise.all([0, 1, 2, 3, 4, 5].map(() => Wire.connect(home.bootstrap)));
    const makeTopics = async (): Promise<never> => {
      for (let i = 0; ; i++) {
        const name = `made-${round}-${i}`;
        await createTopic(wires[0]!, name);
        made.push(name);
      }
    };
    const working = [
      makeTopics(),
      numbered.load(wires[1]!),
      large.load(wires[2]!),
      ...small.map((writer, i) => writer.load(wires[3 + i]!)),
    ];
    const over = Promise.allSettled(working);
    const failed = Promise.race(working);
    failed.catch(() => {});
    while (counts().some((count, i) => count < enough[i]!))
      await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, 2))]);
    await service.kill();
    await over;
  }

  /** What a crash of the machine can leave behind: the first bytes of a batch at the end of a log. */
  function tear(folder: string, bytes: number): string {
    const dir = join(home.dir, folder);
    const newest = readdirSync(dir)
      .filter((name) => name.endsWith('.log'))
      .sort()
      .at(-1)!;
    const file = join(dir, newest);
    const torn = buildBatch([{ value: 'torn' }], { baseOffset: 1_000_000 });
    appendFileSync(file, torn.subarray(0, bytes));
    expect(statSync(file).size).to.be.greaterThan(bytes);
    return file;
  }

  it('loses nothing acknowledged, keeps the order, and has each numbered record once', async () => {
    for (let round = 1; round <= rounds; round++) {
      await loadAndKill(round);
      const torn = round % 3 === 0 ? [tear('small-1', 7 * round), tear('numbered-0', 5)] : [];
      if (round === 5) tear('__cluster_metadata-0', 40);
      service = await launch(home);
      for (const file of torn) expect(service.output(), `round ${round}`).to.match(truncationOf(file));
      if (round === 5) expect(service.output()).to.match(/cut \d+ torn bytes off the metadata log/);
      const wire = await Wire.connect(home.bootstrap);
      for (const writer of small) writer.check(await readFrom(wire, writer.topic, writer.partition));
      numbered.check(await readFrom(wire, numbered.topic, 0));
      // What is large is looked at now and then.
      if (round % 5 === 0) large.check(await readFrom(wire, large.topic, 0));
      expect(await topicNames(wire)).to.include.members(made);
      wire.close();
    }
    expect(sum(small)).to.be.at.least(rounds * smallPerRound);
  });

  function readFrom(wire: Wire, topic: string, partition: number) {
    return readAll(wire, { topic, topicId: topicIds.get(topic)!, partition, offset: 0 });
  }
});

function sum(writers: readonly Plain[]): number {
  return writers.reduce((total, { acked }) => total + acked.size, 0);
}

/** Bytes that go with a name and with no other. */
function padding(name: string, bytes: number): Buffer {
  const unit = createHash('sha256').update(name).digest();
  return bytes === 0 ? unit : Buffer.alloc(bytes, unit);
}

/** The log line that says how much was cut off the file. */
function truncationOf(file: string): RegExp {
  return new RegExp(`"file":"${file.replaceAll('.', '\\.')}".*truncated \\d+ bytes`);
}

async function topicNames(wire: Wire): Promise<(string | null)[]> {
  const answer = await wire.request(metadata, 12, {
    topics: null,
    allowAutoTopicCreation: false,
    includeClusterAuthorizedOperations: false,
    includeTopicAuthorizedOperations: false,
  });
  return answer.topics.map(({ name }) => name);
}
