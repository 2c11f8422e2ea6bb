/**
 * Real clients against a real broker, over a socket: what each can do, and that each reads what every other wrote.
 *
 * A client that is not installed is a skip that says what brings it, or a failure where MILLRACE_CLIENTS=required.
 * The broker is Millrace, or the one that MILLRACE_BOOTSTRAP names.
 */
import { expect } from 'chai';
import { type BrokerUnderTest, clientsRequired, startBroker } from '../support/conformance';
import { clients } from './clients/all';
import { type Client, type Codec, EARLIEST, LATEST, type Rec, type Stored, type TopicAdmin } from './clients/client';
import { javaTool, javaTools } from './clients/java-tools';
import { kafka, kafkajs } from './clients/kafkajs';
import { type FetchedBatch, withReader } from './clients/kafkajs-fetch';
import { kcat, kcatList } from './clients/kcat';
import { legible } from './clients/legible';
import { samples } from './clients/samples';

/** What a client has written so far: its topic, and the records of each partition. */
interface Written {
  topic: string;
  partitions: Rec[][];
}

const run = Date.now().toString(36);
const topicFor = (client: Client, use: string) => `${client.name.replace(/[^A-Za-z]/g, '')}-${use}-${run}`;
const adminOf = (client: Client) => client.topics ?? kafkajs.topics!;

describe('real clients', function () {
  this.timeout(120_000);
  let broker: BrokerUnderTest;
  const written = new Map<Client, Written>();

  before(async () => {
    broker = await startBroker();
  });
  after(() => broker?.stop());

  for (const client of clients) {
    describe(client.name, () => {
      if (isMissing(client)) return;
      const { topics } = client;
      if (topics) {
        it('creates a topic, adds partitions to it and deletes it', async () => {
          const topic = topicFor(client, 'made');
          await topics.create(broker.bootstrap, topic, 1);
          await untilPartitions(topics, topic, 1);
          await topics.grow(broker.bootstrap, topic, 3);
          await untilPartitions(topics, topic, 3);
          await topics.delete(broker.bootstrap, topic);
          await untilPartitions(topics, topic, 0);
        });
      }

      for (const codec of client.codecs) {
        it(`writes ${codec} batches`, async () => {
          const seen = (await write(client, codec, false)).map((batch) => batch.codec);
          expect(seen).to.include(codec);
          // some clients leave a batch alone that would not shrink
          expect([codec, 'none']).to.include.members(seen);
        });
      }

      it('writes as an idempotent producer', async () => {
        const producerIds = (await write(client, 'gzip', true)).map((batch) => batch.producerId);
        expect(Math.min(...producerIds)).to.be.at.least(0);
      });

      it('reads back what it wrote, byte by byte', async () => {
        await readsAll(client, client);
      });

      it('reads from inside a partition', async () => {
        const { topic, partitions } = await writtenBy(client);
        const expected = shownBy(client, partitions[0] ?? []).slice(-7, -4);
        const slice = { topic, partition: 0, offset: expected[0]?.offset ?? -1, count: 3 };
        const [read = []] = await client.read(broker.bootstrap, [slice]);
        expect(legible(read)).to.deep.equal(legible(expected));
      });

      it('finds the first offset, the end, and the first of a time', async () => {
        const { topic, partitions } = await writtenBy(client);
        const found = await client.offsets(broker.bootstrap, topic, 0, [EARLIEST, LATEST, 0]);
        expect(found).to.deep.equal([0, partitions[0]?.length, 0]);
      });
    });
  }

  describe('what one client wrote, read by another', () => {
    for (const writer of clients) {
      for (const reader of clients) {
        if (writer === reader || writer.missing() || reader.missing()) continue;
        it(`${writer.name} to ${reader.name}`, () => readsAll(reader, writer));
      }
    }
  });

  describe('kcat -L', () => {
    if (isMissing(kcat)) return;
    it('shows the partitions of a topic, their leader and replicas', async () => {
      const topic = topicFor(kcat, 'listed');
      await adminOf(kcat).create(broker.bootstrap, topic, 2);
      const listed = await kcatList(broker.bootstrap, topic);
      expect(listed).to.include(`topic "${topic}" with 2 partitions`);
      expect(listed).to.match(/partition 1, leader (\d+), replicas: \1, isrs: \1\n/);
    });

    it('says that there can be no such topic', async () => {
      expect(await kcatList(broker.bootstrap, 'not a name!')).to.include('Invalid topic');
    });

    it('shows the topic that the broker made when a record came for it', async () => {
      const topic = topicFor(kcat, 'automatic');
      const rounds = [[samples().slice(0, 1)]];
      await kcat.produce(broker.bootstrap, { topic, codec: 'none', idempotent: false, rounds });
      expect(await kcatList(broker.bootstrap, topic)).to.match(new RegExp(`topic "${topic}" with [1-9]`));
    });
  });

  describe('Java tool', () => {
    if (isMissing(javaTools)) return;
    const topic = topicFor(javaTools, 'described');
    const firstMs = Date.now() - 60_000;
    const offsetAt = async (time: string) =>
      (await javaTool('getOffsets', broker.bootstrap, ['--topic', topic, '--time', time])).trim();

    before(async () => {
      const settings = ['--config', 'retention.ms=123456789', '--config', 'max.message.bytes=2000000'];
      await javaTool('topics', broker.bootstrap, ['--create', '--topic', topic, '--partitions', '1', ...settings]);
      const producer = kafka(broker.bootstrap).producer();
      await producer.connect();
      for (const afterMs of [0, 3_000, 2_000]) {
        await producer.send({ topic, messages: [{ value: 'at', timestamp: String(firstMs + afterMs) }] });
      }
      await producer.disconnect();
    });

    it('kafka-topics --describe shows partitions, replication and settings', async () => {
      const described = await javaTool('topics', broker.bootstrap, ['--describe', '--topic', topic]);
      expect(described).to.match(/TopicId: [\w-]{22}\tPartitionCount: 1\tReplicationFactor: 1\t/);
      expect(described).to.match(/Configs: .*retention\.ms=123456789/);
      expect(described).to.match(/Partition: 0\tLeader: (\d+)\tReplicas: \1\tIsr: \1/);
    });

    it('kafka-configs --describe shows what was set and, with --all, what was not', async () => {
      const which = ['--describe', '--entity-type', 'topics', '--entity-name', topic];
      const set = await javaTool('configs', broker.bootstrap, which);
      expect(set).to.match(/^ *retention\.ms=123456789 .*synonyms=\{DYNAMIC_TOPIC_CONFIG:retention\.ms=123456789/m);
      expect(set)
        .to.match(/^ *max\.message\.bytes=2000000 /m)
        .and.not.include('segment.bytes');
      const all = await javaTool('configs', broker.bootstrap, [...which, '--all']);
      expect(all).to.match(/^ *segment\.bytes=1073741824 .*DEFAULT_CONFIG:log\.segment\.bytes=1073741824/m);
    });

    it('kafka-get-offsets finds the first, the end, the youngest and the first of a time', async () => {
      const found = await Promise.all(['earliest', 'latest', 'max-timestamp', String(firstMs + 1)].map(offsetAt));
      expect(found).to.deep.equal([0, 3, 1, 1].map((offset) => `${topic}:0:${offset}`));
    });

    it('kafka-cluster shows the cluster id', async () => {
      expect(await javaTool('cluster', broker.bootstrap, ['cluster-id'])).to.match(/^Cluster ID: [\w-]{22}$/m);
    });

    it('kafka-broker-api-versions shows each API with a version that both sides can use', async () => {
      const shown = await javaTool('brokerApiVersions', broker.bootstrap, []);
      expect(shown).to.include(broker.bootstrap);
      for (const api of ['Produce(0)', 'Fetch(1)', 'Metadata(3)', 'CreateTopics(19)', 'DescribeTopicPartitions(75)']) {
        expect(shown).to.match(new RegExp(`${api.replace(/[()]/g, '\\$&')}: .*\\[usable: \\d+\\]`));
      }
    });
  });

  /**
   * Has a client write every sample that it can, in two rounds, to each partition of its topic. What lies in the log
   * then must be those records byte by byte, whatever this client itself would show of them. Gives the batches.
   */
  async function write(client: Client, codec: Codec, idempotent: boolean): Promise<FetchedBatch[]> {
    const { topic, partitions } = await topicOf(client);
    const records = samples().filter(client.writes);
    const rounds = [records.slice(0, 5), records.slice(5)].map((round) => partitions.map(() => round));
    await client.produce(broker.bootstrap, { topic, codec, idempotent, rounds });
    return await withReader(broker.bootstrap, async (reader) => {
      const batches: FetchedBatch[] = [];
      for (const [partition, before] of partitions.entries()) {
        const from = before.length;
        before.push(...records);
        const fetched = await reader.batches(topic, partition, from);
        const expected = records.map((record, i) => ({ ...record, offset: from + i }));
        expect(legible(fetched.flatMap((batch) => batch.records))).to.deep.equal(legible(expected));
        batches.push(...fetched);
      }
      return batches;
    });
  }

  async function readsAll(reader: Client, writer: Client): Promise<void> {
    const { topic, partitions } = await writtenBy(writer);
    const expected = partitions.map((records) => shownBy(reader, records));
    const slices = expected.map(({ length }, partition) => ({ topic, partition, offset: 0, count: length }));
    expect(slices[0]?.count).to.be.greaterThan(0);
    const read = await reader.read(broker.bootstrap, slices);
    expect(read.map(legible)).to.deep.equal(expected.map(legible));
  }

  /** The client's own topic; it is made when it is first asked for. */
  async function topicOf(client: Client): Promise<Written> {
    const known = written.get(client);
    if (known) return known;
    const topic = topicFor(client, 'records');
    const partitions = client.picksPartition ? 2 : 1;
    await adminOf(client).create(broker.bootstrap, topic, partitions);
    await untilPartitions(adminOf(client), topic, partitions);
    const made = { topic, partitions: Array.from({ length: partitions }, () => []) };
    written.set(client, made);
    return made;
  }

  /** What a client wrote; it writes in every codec first where nothing is there, as when this spec runs alone. */
  async function writtenBy(client: Client): Promise<Written> {
    const own = await topicOf(client);
    if (own.partitions[0]?.length === 0) for (const codec of client.codecs) await write(client, codec, false);
    return own;
  }

  /** A topic is made in the cluster's metadata first, and a broker hears of it a moment later. */
  async function untilPartitions(topics: TopicAdmin, topic: string, count: number): Promise<void> {
    let seen = -1;
    for (let tries = 0; seen !== count && tries < 20; tries++) seen = await topics.partitions(broker.bootstrap, topic);
    expect(seen, `partitions of ${topic}`).to.equal(count);
  }
});

/** The records of a partition from its start on, as a reader shows them. */
function shownBy(reader: Client, records: Rec[]): Stored[] {
  return records.map((record, offset) => ({ ...reader.shows(record), offset }));
}

/** Whether a suite must do without this client; then the reason stands in its place, skipped or failed. */
function isMissing(client: Client): boolean {
  const missing = client.missing();
  if (missing === null) return false;
  if (clientsRequired()) {
    it('is installed', () => {
      throw new Error(missing);
    });
  } else it.skip(missing);
  return true;
}
