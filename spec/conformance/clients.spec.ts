/**
 * Real clients against a real broker, over a socket: what each can do, and that each reads what every other wrote.
 *
 * A client that is not installed is a skip that says what brings it, or a failure where MILLRACE_CLIENTS=required.
 * The broker is Millrace, or the one that MILLRACE_BOOTSTRAP names.
 */
import { expect } from 'chai';
import { type BrokerUnderTest, startBroker } from '../support/conformance';
import { clients } from './clients/all';
import { clientSuite, isMissing } from './clients/client-suite';
import { javaTool, javaTools } from './clients/java-tools';
import { kafka } from './clients/kafkajs';
import { kcat, kcatList } from './clients/kcat';
import { samples } from './clients/samples';
import { adminOf, topicFor, Writings } from './clients/writings';

describe('real clients', function () {
  this.timeout(120_000);
  let broker: BrokerUnderTest;
  const writings = new Writings(() => broker.bootstrap);

  before(async () => {
    broker = await startBroker();
  });
  after(() => broker?.stop());

  for (const client of clients) {
    describe(client.name, () => {
      if (!isMissing(client)) clientSuite(client, writings);
    });
  }

  describe('what one client wrote, read by another', () => {
    for (const writer of clients) {
      for (const reader of clients) {
        if (writer === reader || writer.missing() || reader.missing()) continue;
        it(`${writer.name} to ${reader.name}`, () => writings.readsAll(reader, writer));
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
});
