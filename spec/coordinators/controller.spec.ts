import { expect } from 'chai';
import { pino } from 'pino';
import { loadConfig } from '../../lib/config';
import { ClusterController, type NewTopic } from '../../lib/coordinators/controller';
import { KafkaError } from '../../lib/errors';
import { type Disk, nodeDisk } from '../../lib/storage/disk';
import type { MetadataLog } from '../../lib/storage/metadata-log';
import { brokerRecord, featureRecord, inTempDir, openLog } from '../support/metadata';

const logger = pino({ level: 'silent' });
const topic = (name: string, numPartitions = 1): NewTopic => ({
  name,
  numPartitions,
  replicationFactor: -1,
  assignments: [],
  configs: [],
});

describe('ClusterController', () => {
  const withController = (action: (controller: ClusterController, log: MetadataLog) => Promise<void>, disk?: Disk) =>
    inTempDir(async (dir) => {
      const log = openLog(dir, { disk });
      await log.append([featureRecord('metadata.version', 30), brokerRecord(1)]);
      const config = loadConfig({ 'num.partitions': 2, 'offsets.topic.num.partitions': 4 });
      await action(new ClusterController({ log, nodeId: 1, config, logger }), log);
    });

  it('resolves when a topic is committed and everybody who follows has it', () =>
    withController(async (controller, log) => {
      const followed: string[] = [];
      log.onChange(async (_, next) => {
        await Promise.resolve();
        followed.push(...next.topicsByName.keys());
      });
      const [outcome] = await controller.createTopics([topic('foo', 3)], false);
      if (outcome === undefined || !('done' in outcome)) throw new Error('refused');
      expect(followed).to.deep.equal(['foo']);
      expect(log.image.topicsByName.get('foo')).to.include({ id: outcome.done.topicId });
    }));

  it('writes a request as one step, and nothing when it only validates', () =>
    withController(async (controller, log) => {
      const before = log.nextOffset;
      const validated = await controller.createTopics([topic('foo'), topic('bar')], true);
      expect(validated.every((outcome) => 'done' in outcome)).to.equal(true);
      expect((await controller.createPartitions([{ name: 'none', count: 2, assignments: null }], true))[0])
        .to.have //
        .nested.property('refused.name', 'UNKNOWN_TOPIC_OR_PARTITION');
      expect(log.nextOffset).to.equal(before);
      const changes: number[] = [];
      log.onChange((_, next) => {
        changes.push(next.topicsByName.size);
      });
      await controller.createTopics([topic('foo'), topic('bar')], false);
      expect(changes).to.deep.equal([2]);
    }));

  it('makes a topic once, however many ask for it at a time', () =>
    withController(async (controller, log) => {
      const all = await Promise.all([1, 2, 3].map(() => controller.createTopics([topic('foo')], false)));
      const outcomes = all.map(([outcome]) => (outcome && 'refused' in outcome ? outcome.refused.name : 'done'));
      expect(outcomes).to.deep.equal(['done', 'TOPIC_ALREADY_EXISTS', 'TOPIC_ALREADY_EXISTS']);
      expect(log.image.topicsByName.size).to.equal(1);
    }));

  it('makes topics on demand as they usually are, and is content with one that is there', () =>
    withController(async (controller, log) => {
      const both = await Promise.all([1, 2].map(() => controller.createTopicsOnDemand(['__consumer_offsets'])));
      expect(both[0]).to.deep.equal(both[1]).and.have.nested.property('[0].done.numPartitions', 4);
      expect(log.image.configs(2, '__consumer_offsets').get('cleanup.policy')).to.equal('compact');
      const before = log.image.lastOffset;
      const mixed = await controller.createTopicsOnDemand(['foo', 'f o', '__consumer_offsets', 'bar']);
      const shown = mixed.map((outcome) => ('done' in outcome ? outcome.done.numPartitions : outcome.refused.name));
      expect(shown).to.deep.equal([2, 'INVALID_TOPIC_EXCEPTION', 4, 2]);
      expect(log.image.lastOffset - before, 'records of two topics').to.equal(6);
      expect(log.image.configs(2, 'foo').size).to.equal(0);
    }));

  it('adds partitions', () =>
    withController(async (controller, log) => {
      await controller.createTopics([topic('foo')], false);
      const outcomes = await controller.createPartitions([{ name: 'foo', count: 5, assignments: null }], false);
      expect(outcomes).to.deep.equal([{ done: undefined }]);
      expect(log.image.topicsByName.get('foo')?.partitions).to.have.length(5);
    }));

  it('deletes topics by id, in one step, and says which there are none of', () =>
    withController(async (controller, log) => {
      await controller.createTopics([topic('foo'), topic('bar'), topic('baz')], false);
      const id = (name: string) => log.image.topicsByName.get(name)!.id;
      const ids = [id('foo'), 'AAAAAAAAQACAAAAAAAAAkQ', id('bar'), id('foo')];
      const outcomes = await controller.deleteTopics(ids);
      expect(outcomes.map((outcome) => ('refused' in outcome ? outcome.refused.name : 'done'))).to.deep.equal([
        'done',
        'UNKNOWN_TOPIC_ID',
        'done',
        'done',
      ]);
      expect([...log.image.topicsByName.keys()]).to.deep.equal(['baz']);
    }));

  it('leads a partition anew: one leader epoch more, and nothing else', () =>
    withController(async (controller, log) => {
      await controller.createTopics([topic('foo', 2)], false);
      const epochs = () =>
        log.image.topicsByName.get('foo')!.partitions.map(({ leader, leaderEpoch }) => [leader, leaderEpoch]);
      await controller.leadAnew('foo', 1);
      expect(epochs()).to.deep.equal([
        [1, 0],
        [1, 1],
      ]);
      for (const [name, partition] of [
        ['foo', 2],
        ['bar', 0],
      ] as const) {
        const error = await controller.leadAnew(name, partition).catch((reason) => reason);
        expect(error.name).to.equal('UNKNOWN_TOPIC_OR_PARTITION');
      }
    }));

  it('reserves one block of producer ids after another, also after a restart', () =>
    inTempDir(async (dir) => {
      const blocks: number[] = [];
      for (let start = 0; start < 2; start++) {
        const log = openLog(dir);
        const controller = new ClusterController({ log, nodeId: 1, config: loadConfig(), logger });
        const both = await Promise.all([controller.allocateProducerIds(), controller.allocateProducerIds()]);
        blocks.push(...both.map(({ firstId, count }) => firstId + count));
      }
      expect(blocks).to.deep.equal([1000, 2000, 3000, 4000]);
    }));

  it('rejects a request that is too large as a whole, and one that cannot be written', () => {
    let full = false;
    const disk: Disk = {
      ...nodeDisk,
      writev: async (fd, buffers, position) => {
        if (full) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        return nodeDisk.writev(fd, buffers, position);
      },
    };
    return withController(async (controller, log) => {
      const failure = async (call: Promise<unknown>) => {
        const error: unknown = await call.catch((thrown) => thrown);
        return error instanceof KafkaError ? error.name : error;
      };
      expect(await failure(controller.createTopics([topic('foo', 10_001)], false))).to.equal('POLICY_VIOLATION');
      full = true;
      expect(await failure(controller.createTopics([topic('foo')], false))).to.equal('KAFKA_STORAGE_ERROR');
      full = false;
      expect(log.image.topicsByName.size).to.equal(0);
      await controller.createTopics([topic('foo')], false);
      expect(log.image.topicsByName.size).to.equal(1);
    }, disk);
  });
});
