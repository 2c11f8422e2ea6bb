/**
 * The metadata log in the hands of Apache Kafka: its tool prints what we wrote, its broker starts on a directory that we
 * formatted, wrote and left, goes on in it, and we go on behind it. Neither starts while the other runs.
 */

import fs from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { asyncScheduler } from 'rxjs';
import { loadConfig } from '../../lib/config';
import { ClusterController, type NewTopic } from '../../lib/coordinators/controller';
import { register, signOff } from '../../lib/coordinators/registration';
import { DirInUse } from '../../lib/storage/dir-lock';
import { openLogDirs } from '../../lib/storage/log-dirs';
import { MetadataLog } from '../../lib/storage/metadata-log';
import { dumpLog, missingKafka, runKafkaTool, startKafka } from '../support/apache-kafka';
import { clientsRequired } from '../support/conformance';
import { inTempDir } from '../support/metadata';

const logger = pino({ level: 'silent' });
const endpoint = { host: 'localhost', securityProtocol: 0 };

/** Opens a directory as the broker does, without serving anything. */
async function open(dir: string) {
  const dirs = await openLogDirs({
    logDirs: [dir],
    metadataLogDir: dir,
    nodeId: 1,
    nowMs: asyncScheduler.now(),
    logger,
  });
  const controllerEndpoints = [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }];
  const log = MetadataLog.open({
    logDir: dirs.metadataDir,
    nodeId: 1,
    controllerEndpoints,
    segmentMaxBytes: 2 ** 30,
    scheduler: asyncScheduler,
    logger,
  });
  const { brokerEpoch } = await register(log, {
    nodeId: 1,
    rack: null,
    endpoints: [{ ...endpoint, name: 'PLAINTEXT', port: 9092 }],
    controllerEndpoints: controllerEndpoints.map((one) => ({ ...one, securityProtocol: 0 })),
    directoryIds: dirs.dirs.map(({ id }) => id),
    minInsyncReplicas: 1,
    orphans: () => [],
    logger,
  });
  const controller = new ClusterController({ log, nodeId: 1, config: loadConfig(), logger });
  const stop = async () => {
    await signOff(log, 1);
    await log.close();
    await dirs.close({ brokerEpoch });
  };
  return { log, controller, stop, crash: () => dirs.close(null) };
}

const topic = (name: string, numPartitions: number, configs: NewTopic['configs'] = []): NewTopic => ({
  name,
  numPartitions,
  replicationFactor: 1,
  assignments: [],
  configs,
});

function topicCommand(bootstrap: string, ...args: string[]): Promise<string> {
  const tool = runKafkaTool('org.apache.kafka.tools.TopicCommand', ['--bootstrap-server', bootstrap, ...args]);
  return tool.then(({ stdout }) => stdout.toString());
}

describe('The metadata log in the hands of Apache Kafka', function () {
  this.timeout(120_000);

  before(function () {
    const missing = missingKafka();
    if (missing !== null && clientsRequired()) throw new Error(missing);
    if (missing !== null) this.skip();
  });

  it('is continued by Kafka behind us and by us behind Kafka', () =>
    inTempDir(async (home) => {
      const dir = join(home, 'data');
      const ours = await open(dir);
      await ours.controller.createTopics([topic('foo', 3), topic('gone', 2)], false);
      await ours.controller.createTopics([topic('bar', 1, [{ name: 'min.insync.replicas', value: '1' }])], false);
      await ours.controller.createPartitions([{ name: 'foo', count: 5, assignments: null }], false);
      await ours.controller.deleteTopics([ours.log.image.topicsByName.get('gone')!.id]);
      await ours.controller.createTopicsOnDemand(['__consumer_offsets']);
      const block = await ours.controller.allocateProducerIds();
      await ours.stop();

      const metadata = join(dir, '__cluster_metadata-0');
      const files = ['00000000000000000000.log', '00000000000000000000-0000000000.checkpoint'];
      const printed = await dumpLog(
        files.map((file) => join(metadata, file)),
        ['--cluster-metadata-decoder'],
      );
      expect(printed).to.not.match(/isvalid: false|exception|error|unable/i);
      expect(printed.match(/"type":"TOPIC_RECORD"/g)).to.have.length(4);

      const kafka = await startKafka({ logDir: dir });
      try {
        const described = await topicCommand(kafka.bootstrap, '--describe');
        expect(described)
          .to.match(/Topic: foo\t.*PartitionCount: 5/)
          .and.match(/Topic: bar\t.*PartitionCount: 1/);
        expect(described).to.match(/Topic: __consumer_offsets\t.*PartitionCount: 50\t.*cleanup.policy=compact/);
        expect(described).to.include('Topic: foo\tPartition: 4\tLeader: 1\tReplicas: 1\tIsr: 1');
        expect(described).to.not.include('gone');
        await topicCommand(kafka.bootstrap, '--create', '--topic', 'kafka.made', '--partitions', '2');
        const refusal: unknown = await open(dir).catch((error) => error);
        expect(refusal).to.be.instanceOf(DirInUse);
      } finally {
        await kafka.stop();
      }

      const again = await open(dir);
      const topics = [...again.log.image.topicsByName.values()].map(({ name, partitions }) => [
        name,
        partitions.length,
      ]);
      expect(topics).to.have.deep.members([
        ['foo', 5],
        ['bar', 1],
        ['__consumer_offsets', 50],
        ['kafka.made', 2],
      ]);
      const leaders = [...again.log.image.topicsById.values()].flatMap((one) => one.partitions.map((p) => p.leader));
      expect(new Set(leaders)).to.deep.equal(new Set([1]));
      const next = await again.controller.allocateProducerIds();
      expect(next.firstId).to.be.at.least(block.firstId + block.count);
      await again.crash();

      const last = await startKafka({ logDir: dir });
      try {
        const described = await topicCommand(last.bootstrap, '--describe', '--topic', 'kafka.made');
        expect(described).to.include('Topic: kafka.made\tPartition: 1\tLeader: 1\tReplicas: 1\tIsr: 1');
        expect(last.output()).to.not.match(/\bERROR\b|\bFATAL\b/);
      } finally {
        await last.stop();
      }
      expect(fs.existsSync(join(dir, '.kafka_cleanshutdown'))).to.equal(true);
    }));

  it('keeps Kafka out while we have the directory, where Node can (22 and later)', function () {
    if (process.getBuiltinModule?.('node:sqlite') === undefined) this.skip();
    return inTempDir(async (home) => {
      const dir = join(home, 'data');
      const ours = await open(dir);
      const refusal: unknown = await startKafka({ logDir: dir }).catch((error) => error);
      expect(String(refusal)).to.match(/Failed to acquire lock on file \.lock/);
      await ours.stop();
    });
  });

  it('opens in Kafka with the voters named in server.properties as well', () =>
    inTempDir(async (home) => {
      const dir = join(home, 'data');
      const ours = await open(dir);
      await ours.controller.createTopics([topic('foo', 1)], false);
      await ours.stop();
      const kafka = await startKafka({ logDir: dir, properties: { 'controller.quorum.voters': '1@localhost:9093' } });
      try {
        expect(await topicCommand(kafka.bootstrap, '--list')).to.include('foo');
      } finally {
        await kafka.stop();
      }
    }));
});
