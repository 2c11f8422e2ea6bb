import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { createPartitions } from '../../lib/apis/create-partitions';
import { deleteTopics } from '../../lib/apis/delete-topics';
import { metadata } from '../../lib/apis/metadata';
import { buildBatch, type RecordDraft } from '../../lib/records/build';
import { type Codec, codecNames } from '../../lib/records/compression';
import { type ApacheKafka, dumpLog, missingKafka, runKafkaTool, startKafka } from '../support/apache-kafka';
import { clientsRequired } from '../support/conformance';
import { openInProcess } from '../support/in-process';
import { offsetFor, readAll } from '../support/reading';
import { Wire } from '../support/wire';
import { append, createTopic, newProducerId, send, topicIdOf } from '../support/writing';

/** What was written, by `topic-partition`: records in the order of their offsets, which begin at 0. */
type Written = Map<string, RecordDraft[]>;

interface Plan {
  readonly partitions?: number;
  readonly configs?: Readonly<Record<string, string>>;
}

const plans: Readonly<Record<string, Plan>> = {
  'opens.codecs': { partitions: codecNames.length },
  'opens.idempotent': { partitions: 2 },
  'opens.rolled': { configs: { 'segment.bytes': '1048576', 'index.interval.bytes': '100' } },
  'opens.compact': { configs: { 'cleanup.policy': 'compact', 'retention.ms': '86400000' } },
  'opens.appendtime': { configs: { 'message.timestamp.type': 'LogAppendTime' } },
  'opens.grown': {},
};

const samples: readonly RecordDraft[] = [
  { key: 'key', value: 'value' },
  { key: null, value: 'no key' },
  { key: 'tombstone', value: null },
  { key: '', value: '' },
  {
    key: 'header',
    value: 'bearer',
    headers: [
      { key: 'h', value: 'v' },
      { key: 'null', value: null },
    ],
  },
];

const text = (bytes: Buffer | string | null | undefined) => (bytes ?? null) && String(bytes);
const legible = ({ key, value, headers = [] }: RecordDraft) => ({
  key: text(key),
  value: text(value),
  headers: headers.map((header) => [header.key, text(header.value)]),
});

describe('a log directory that Millrace formatted and wrote, opened by Apache Kafka', function () {
  this.timeout(180_000);
  const missing = missingKafka();
  if (missing !== null) {
    it(`is skipped: ${missing}`, function () {
      if (clientsRequired()) throw new Error(missing);
      this.skip();
    });
    return;
  }

  let home: string;
  let dir: string;
  let kafka: ApacheKafka | null = null;
  let ids: Map<string, string>;
  const written: Written = new Map();
  let producer: { id: number; lastBatch: Buffer; lastOffset: number };

  const openHere = () => openInProcess({ config: { 'log.dirs': dir, 'node.id': 1 }, scheduler: asyncScheduler });

  async function write(
    wire: Wire,
    topic: string,
    partition: number,
    records: readonly RecordDraft[],
    codec: Codec = 0,
  ) {
    await append(wire, topic, partition, buildBatch(records, { codec, timestamp: Date.now() }));
    note(topic, partition, records);
  }

  function note(topic: string, partition: number, records: readonly RecordDraft[]) {
    const name = `${topic}-${partition}`;
    written.set(name, [...(written.get(name) ?? []), ...records]);
  }

  const numbered = (baseSequence: number, value: string) =>
    buildBatch([{ value }], { producerId: producer.id, producerEpoch: 0, baseSequence, timestamp: Date.now() });

  /** Everything that was written so far, and nothing else, is served. */
  async function servesAll(wire: Wire) {
    for (const [name, records] of written) {
      const at = name.lastIndexOf('-');
      const [topic, partition] = [name.slice(0, at), Number(name.slice(at + 1))];
      const topicId = ids.get(topic)!;
      expect(await topicIdOf(wire, topic), topic).to.equal(topicId);
      expect((await offsetFor(wire, topic, partition, -1)).offset, name).to.equal(records.length);
      const found = await readAll(wire, { topic, topicId, partition, offset: 0 });
      expect(found.map(legible), name).to.deep.equal(records.map(legible));
      expect(found.map(({ offset }) => offset)).to.deep.equal([...records.keys()]);
    }
  }

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'millrace-opens-'));
    dir = join(home, 'data');
    const here = await openHere();
    const wire = here.connect();
    ids = new Map();
    for (const [name, plan] of Object.entries(plans)) ids.set(name, await createTopic(wire, name, plan));
    const gone = await createTopic(wire, 'opens.gone', { partitions: 2 });
    await append(wire, 'opens.gone', 1, buildBatch([{ value: 'gone' }]));

    for (const [codec] of codecNames.entries())
      for (let i = 0; i < 3; i++) await write(wire, 'opens.codecs', codec, samples, codec as Codec);
    producer = { id: await newProducerId(wire), lastBatch: Buffer.alloc(0), lastOffset: -1 };
    for (let i = 0; i < 7; i++) {
      producer.lastBatch = numbered(i, `idempotent ${i}`);
      producer.lastOffset = await append(wire, 'opens.idempotent', 1, producer.lastBatch);
      note('opens.idempotent', 1, [{ value: `idempotent ${i}` }]);
    }
    for (let i = 0; i < 40; i++)
      await write(wire, 'opens.rolled', 0, [{ key: `${i}`, value: randomBytes(30_000).toString('hex') }]);
    for (let i = 0; i < 5; i++) await write(wire, 'opens.compact', 0, [{ key: `${i % 2}`, value: `${i}` }]);
    await write(wire, 'opens.appendtime', 0, samples);
    await write(wire, 'opens.grown', 0, samples);
    const grow = {
      topics: [{ name: 'opens.grown', count: 3, assignments: null }],
      timeoutMs: 5000,
      validateOnly: false,
    };
    expect((await wire.request(createPartitions, 3, grow)).results[0]?.errorCode).to.equal(0);
    await write(wire, 'opens.grown', 2, samples);
    const deleted = await wire.request(deleteTopics, 6, { topics: [{ topicId: gone }], timeoutMs: 5000 });
    expect(deleted.responses[0]?.errorCode).to.equal(0);
    await servesAll(wire);
    await here.close();
  });
  after(async () => {
    await kafka?.kill();
    await rm(home, { recursive: true, force: true });
  });

  const files = (folder: string, pattern: RegExp) =>
    readdirSync(join(dir, folder))
      .filter((name) => pattern.test(name))
      .map((name) => join(dir, folder, name));

  it('holds files that kafka-dump-log reads without a complaint', async () => {
    const folders = readdirSync(dir).filter((name) => /^opens\..*-\d+$/.test(name));
    const all = folders.flatMap((folder) => files(folder, /\.(log|index|timeindex|snapshot)$/));
    expect(files('opens.rolled-0', /\.log$/)).to.have.lengthOf(3);
    const printed = await dumpLog(all, ['--deep-iteration']);
    expect(complaints(printed)).to.deep.equal([]);
    for (const file of all) expect(printed).to.include(`Dumping ${file}`);
    expect(printed.match(/^\| offset: /gm)).to.have.lengthOf([...written.values()].flat().length);
    expect(printed).to.include(`producerId: ${producer.id} producerEpoch: 0 coordinatorEpoch: -1`);
  });

  it('holds a metadata log that kafka-dump-log reads without a complaint', async () => {
    const all = files('__cluster_metadata-0', /\.(log|checkpoint)$/);
    const printed = await dumpLog(all, ['--cluster-metadata-decoder']);
    expect(complaints(printed)).to.deep.equal([]);
    for (const type of [
      'FEATURE_LEVEL',
      'REGISTER_BROKER',
      'TOPIC',
      'PARTITION',
      'CONFIG',
      'REMOVE_TOPIC',
      'PRODUCER_IDS',
    ])
      expect(printed).to.include(`"type":"${type}_RECORD"`);
    expect(printed).not.to.match(/could not|unable to|malformed/i);
  });

  it('is opened by Apache Kafka, whose tools list the same topics, ids and configs', async () => {
    kafka = await startKafka({ logDir: dir });
    const describe = ['--describe', '--bootstrap-server', kafka.bootstrap];
    const printed = (await runKafkaTool('org.apache.kafka.tools.TopicCommand', describe)).stdout.toString();
    const listed = new Map(
      [...printed.matchAll(/^Topic: (\S+)\tTopicId: (\S+)\tPartitionCount: (\d+).*Configs: ?(.*)$/gm)].map(
        ([, topic = '', id, count, configs = '']) => [
          topic,
          {
            id,
            partitions: Number(count),
            configs: configs.split(',').filter((config) => !/^min.insync/.test(config)),
          },
        ],
      ),
    );
    for (const [topic, { partitions = 1, configs = {} }] of Object.entries(plans)) {
      const expected = Object.entries(configs).map(([key, value]) => `${key}=${value}`);
      const found = listed.get(topic);
      expect(found, topic).to.deep.include({
        id: ids.get(topic),
        partitions: topic === 'opens.grown' ? 3 : partitions,
      });
      expect(
        found?.configs.filter((config) => config !== ''),
        topic,
      ).to.have.members(expected);
    }
    expect(listed.has('opens.gone')).to.equal(false);
    expect(printed).not.to.match(/Leader: (none|-1)/);
  });

  it('has every record read by its console consumer', async () => {
    const values = [...written].flatMap(([name, records]) =>
      records.map(({ value }) => `${name.slice(name.lastIndexOf('-') + 1)} ${text(value)?.slice(0, 50) ?? 'null'}`),
    );
    const args = ['--bootstrap-server', kafka!.bootstrap, '--include', 'opens\\..*', '--from-beginning'];
    args.push('--max-messages', String(values.length), '--timeout-ms', '30000');
    args.push('--formatter-property', 'print.partition=true');
    const { stdout } = await runKafkaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', args);
    const lines = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^Partition:(\d+)\t/, '$1 '))
      .map((line) => line.slice(0, line.indexOf(' ') + 51));
    expect(lines.sort()).to.deep.equal(values.sort());
  });

  it('has every record served by Apache Kafka, byte by byte', async () => {
    const wire = await Wire.connect(kafka!.bootstrap);
    await servesAll(wire);
    wire.close();
  });

  it('has its producers known to Apache Kafka: a repeat is recognised, the next sequence accepted', async () => {
    const wire = await Wire.connect(kafka!.bootstrap);
    const repeated = await send(wire, 'opens.idempotent', 1, producer.lastBatch);
    expect([repeated.errorCode, repeated.baseOffset]).to.deep.equal([0, producer.lastOffset]);
    expect((await send(wire, 'opens.idempotent', 1, numbered(9, 'skips'))).errorCode).to.equal(45);
    producer.lastBatch = numbered(7, 'by Kafka');
    producer.lastOffset = await append(wire, 'opens.idempotent', 1, producer.lastBatch);
    note('opens.idempotent', 1, [{ value: 'by Kafka' }]);
    expect(await newProducerId(wire)).to.be.greaterThan(producer.id);
    wire.close();
  });

  it('is appended to by Apache Kafka, stopped, and served by Millrace again', async () => {
    const wire = await Wire.connect(kafka!.bootstrap);
    for (const [codec] of codecNames.entries()) await write(wire, 'opens.codecs', codec, samples, codec as Codec);
    await write(wire, 'opens.rolled', 0, [{ key: 'last', value: 'by Kafka' }]);
    ids.set('opens.new', await createTopic(wire, 'opens.new', { partitions: 2, configs: { 'retention.ms': '-1' } }));
    // Kafka answers before the partitions of a new topic are there.
    while ((await send(wire, 'opens.new', 1, buildBatch(samples))).errorCode !== 0) await setTimeout(20);
    note('opens.new', 1, samples);
    const newestId = await newProducerId(wire);
    wire.close();
    await kafka!.stop();
    kafka = null;

    const here = await openHere();
    const own = here.connect();
    await servesAll(own);
    const listed = await own.request(metadata, 12, {
      topics: null,
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    });
    const names = listed.topics.map(({ name }) => name);
    expect(names)
      .to.include.members([...ids.keys(), '__consumer_offsets'])
      .and.not.include('opens.gone');

    const repeated = await send(own, 'opens.idempotent', 1, producer.lastBatch);
    expect([repeated.errorCode, repeated.baseOffset]).to.deep.equal([0, producer.lastOffset]);
    await append(own, 'opens.idempotent', 1, numbered(8, 'by Millrace again'));
    note('opens.idempotent', 1, [{ value: 'by Millrace again' }]);
    expect(await newProducerId(own)).to.be.greaterThan(newestId);
    await servesAll(own);
    await here.close();
    expect(here.logged.filter(({ level }) => Number(level) > 30)).to.deep.equal([]);
  });
});

/** Lines in which kafka-dump-log finds fault with what it reads. */
function complaints(printed: string): string[] {
  const fault = /isvalid: false|mismatch|not consecutive|out of order|invalid|corrupt|exception|error|found timestamp/i;
  return printed.split('\n').filter((line) => fault.test(line.replace(/payload:.*/, '')));
}
