import { expect } from 'chai';
import { loadConfig } from '../../lib/config';
import type { NewPartitions, NewTopic, Outcome } from '../../lib/coordinators/controller';
import { planPartitions, planTopics } from '../../lib/coordinators/new-topics';
import { type ErrorName, errors } from '../../lib/errors';
import type { MetadataImage } from '../../lib/storage/metadata-image';
import { brokerRecord, featureRecord, imageAfter, topicRecords } from '../support/metadata';

const T = 'AAAAAAAAQACAAAAAAAAAkQ';
const U = 'AAAAAAAAQACAAAAAAAAAkg';
const config = loadConfig({ 'num.partitions': 3 });
const features = [featureRecord('metadata.version', 30), featureRecord('eligible.leader.replicas.version', 1)];
const cluster = imageAfter(...features, brokerRecord(1), ...topicRecords('taken', T, 2), ...topicRecords('a.b', U, 1));

const topic = (name: string, more: Partial<NewTopic> = {}): NewTopic => ({
  name,
  numPartitions: 1,
  replicationFactor: 1,
  assignments: [],
  configs: [],
  ...more,
});
const at = (...assignments: [index: number, brokers: number[]][]) => ({
  numPartitions: -1,
  replicationFactor: -1,
  assignments: assignments.map(([partitionIndex, brokerIds]) => ({ partitionIndex, brokerIds })),
});

function refusal(outcome: Outcome<unknown> | undefined): [ErrorName, string | null] | null {
  return outcome !== undefined && 'refused' in outcome ? [outcome.refused.name, outcome.refused.message] : null;
}

describe('planTopics', () => {
  const plan = (topics: NewTopic[], image: MetadataImage = cluster) => planTopics(topics, image, 1, config);
  const named = (records: ReturnType<typeof plan>['records']) => records.map(({ name }) => name);

  it('makes a topic, its configs and its partitions, in this order', () => {
    const configs = [
      { name: 'retention.ms', value: '1000' },
      { name: 'cleanup.policy', value: 'compact' },
    ];
    const { outcomes, records } = plan([topic('foo', { numPartitions: 2, configs })]);
    const [outcome] = outcomes;
    if (outcome === undefined || !('done' in outcome)) throw new Error('refused');
    const { topicId, ...rest } = outcome.done;
    expect(rest).to.deep.equal({
      name: 'foo',
      numPartitions: 2,
      replicationFactor: 1,
      configs: new Map(configs.map(({ name, value }) => [name, value])),
    });
    expect(named(records)).to.deep.equal([
      'TopicRecord',
      'ConfigRecord',
      'ConfigRecord',
      'PartitionRecord',
      'PartitionRecord',
    ]);
    const image = imageAfter(...features, brokerRecord(1), ...records);
    expect(image.topicsByName.get('foo')?.id).to.equal(topicId);
    expect(image.topicsByName.get('foo')?.partitions.map(({ leader, leaderEpoch }) => [leader, leaderEpoch]))
      .to //
      .deep.equal([
        [1, 0],
        [1, 0],
      ]);
    expect([...image.configs(2, 'foo')]).to.deep.equal([...rest.configs]);
  });

  it('takes the broker’s defaults for −1', () => {
    const { outcomes } = plan([topic('foo', { numPartitions: -1, replicationFactor: -1 })]);
    expect(outcomes[0]).to.deep.nested.include({ 'done.numPartitions': 3, 'done.replicationFactor': 1 });
  });

  it('takes partitions as they are placed by hand', () => {
    const { outcomes, records } = plan([topic('foo', at([1, [1]], [0, [1]]))]);
    expect(outcomes[0]).to.deep.nested.include({ 'done.numPartitions': 2 });
    expect(named(records)).to.deep.equal(['TopicRecord', 'PartitionRecord', 'PartitionRecord']);
  });

  it('clears ELRs of a topic with its own number of in-sync replicas, where there are any', () => {
    const own = topic('foo', { configs: [{ name: 'min.insync.replicas', value: '1' }] });
    expect(named(plan([own]).records)).to.deep.equal([
      'TopicRecord',
      'ConfigRecord',
      'ClearElrRecord',
      'PartitionRecord',
    ]);
    const old = imageAfter(featureRecord('metadata.version', 22), brokerRecord(1));
    expect(named(plan([own], old).records)).to.not.include('ClearElrRecord');
    const without = imageAfter(featureRecord('metadata.version', 30), brokerRecord(1));
    expect(named(plan([own], without).records)).to.not.include('ClearElrRecord');
  });

  it('refuses single topics and makes the others', () => {
    const { outcomes, records } = plan([topic('taken'), topic('new'), topic('?')]);
    expect(outcomes.map((outcome) => refusal(outcome)?.[0] ?? 'done')).to.deep.equal([
      'TOPIC_ALREADY_EXISTS',
      'done',
      'INVALID_TOPIC_EXCEPTION',
    ]);
    expect(named(records)).to.deep.equal(['TopicRecord', 'PartitionRecord']);
  });

  const manual = 'A manual partition assignment was specified, but';
  const assignment = 'The manual partition assignment includes';
  const refusals: [what: string, topic: NewTopic, error: ErrorName, message: string][] = [
    ['a name that is taken', topic('taken'), 'TOPIC_ALREADY_EXISTS', "Topic 'taken' already exists."],
    ['a name that is taken and has a dot', topic('a.b'), 'TOPIC_ALREADY_EXISTS', "Topic 'a.b' already exists."],
    [
      'a name that differs in dots only',
      topic('a_b'),
      'INVALID_TOPIC_EXCEPTION',
      "Topic 'a_b' collides with existing topic: a.b",
    ],
    ['a name that is none', topic('..'), 'INVALID_TOPIC_EXCEPTION', "Topic name is invalid: '..' is not allowed"],
    [
      'the metadata log',
      topic('__cluster_metadata'),
      'INVALID_REQUEST',
      'Creation of internal topic __cluster_metadata is prohibited.',
    ],
    [
      'a config without a value, before one that is unknown',
      topic('foo', {
        configs: [
          { name: 'x', value: '1' },
          { name: 'retention.ms', value: null },
        ],
      }),
      'INVALID_CONFIG',
      'Null value not supported for topic configs: retention.ms',
    ],
    [
      'an unknown config, before partitions that make no sense',
      topic('foo', { numPartitions: 0, configs: [{ name: 'x', value: '1' }] }),
      'INVALID_CONFIG',
      'Unknown topic config name: x',
    ],
    [
      'no replicas, before no partitions',
      topic('foo', { numPartitions: 0, replicationFactor: 0 }),
      'INVALID_REPLICATION_FACTOR',
      'Replication factor must be larger than 0, or -1 to use the default value.',
    ],
    [
      'no partitions',
      topic('foo', { numPartitions: -2 }),
      'INVALID_PARTITIONS',
      'Number of partitions was set to an invalid non-positive value.',
    ],
    [
      'more replicas than brokers',
      topic('foo', { replicationFactor: 3 }),
      'INVALID_REPLICATION_FACTOR',
      'Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because ' +
        'only 1 broker(s) are registered.',
    ],
    [
      'placement by hand and a number of replicas',
      topic('foo', { ...at([0, [1]]), replicationFactor: 1 }),
      'INVALID_REQUEST',
      `${manual} replication factor was not set to -1.`,
    ],
    [
      'placement by hand and a number of partitions',
      topic('foo', { ...at([0, [1]]), numPartitions: 1 }),
      'INVALID_REQUEST',
      `${manual} numPartitions was not set to -1.`,
    ],
    [
      'a partition that is placed twice',
      topic('foo', at([0, [1]], [0, [1]])),
      'INVALID_REPLICA_ASSIGNMENT',
      'Found multiple manual partition assignments for partition 0',
    ],
    [
      'a gap between partitions',
      topic('foo', at([0, [1]], [2, [1]])),
      'INVALID_REPLICA_ASSIGNMENT',
      'partitions should be a consecutive 0-based integer sequence',
    ],
    [
      'a partition index below zero',
      topic('foo', at([-1, [1]])),
      'INVALID_REPLICA_ASSIGNMENT',
      'partitions should be a consecutive 0-based integer sequence',
    ],
    [
      'a partition on no broker',
      topic('foo', at([0, []])),
      'INVALID_REPLICA_ASSIGNMENT',
      `${assignment} an empty replica list.`,
    ],
    [
      'a partition on a broker that is not there',
      topic('foo', at([0, [7]])),
      'INVALID_REPLICA_ASSIGNMENT',
      `${assignment} broker 7, but no such broker is registered.`,
    ],
    [
      'a partition twice on a broker',
      topic('foo', at([0, [1, 1]])),
      'INVALID_REPLICA_ASSIGNMENT',
      `${assignment} the broker 1 more than once.`,
    ],
  ];
  for (const [what, wanted, error, message] of refusals) {
    it(`refuses ${what}`, () => {
      const { outcomes, records } = plan([wanted]);
      expect(refusal(outcomes[0])).to.deep.equal([error, message]);
      expect(records).to.deep.equal([]);
    });
  }

  it('refuses partitions with different numbers of replicas, and those on brokers that are fenced', () => {
    const two = imageAfter(...features, brokerRecord(1), brokerRecord(2, { fenced: true }));
    expect(refusal(plan([topic('foo', at([0, [1]], [1, [1, 2]]))], two).outcomes[0])).to.deep.equal([
      'INVALID_REPLICA_ASSIGNMENT',
      `${assignment} a partition with 2 replica(s), but this is not consistent with previous partitions, which have 1 replica(s).`,
    ]);
    expect(refusal(plan([topic('foo', at([0, [2]]))], two).outcomes[0])).to.deep.equal([
      'INVALID_REPLICA_ASSIGNMENT',
      'All brokers specified in the manual partition assignment for partition 0 are fenced or in controlled shutdown.',
    ]);
  });

  it('refuses everything while this broker is fenced, or all its directories are cordoned', () => {
    const why = 'All brokers are currently fenced, or have all their log directories cordoned.';
    const expected = ['INVALID_REPLICATION_FACTOR', `Unable to replicate the partition 1 time(s): ${why}`];
    for (const state of [
      { fenced: true },
      { inControlledShutdown: true },
      { cordonedLogDirs: ['EAAAAAAAQACAAAAAAAAAAQ'] },
    ]) {
      const image = imageAfter(...features, brokerRecord(1, state));
      expect(refusal(plan([topic('foo')], image).outcomes[0])).to.deep.equal(expected);
    }
  });

  it('makes a name once that comes twice', () => {
    const { outcomes, records } = plan([topic('foo'), topic('foo')]);
    expect(outcomes.map((outcome) => refusal(outcome)?.[0] ?? 'done')).to.deep.equal(['done', 'INVALID_REQUEST']);
    expect(named(records)).to.deep.equal(['TopicRecord', 'PartitionRecord']);
  });

  it('refuses a request of more than 10000 partitions as a whole', () => {
    const many = [topic('a', { numPartitions: 9_998 }), topic('b', { numPartitions: -1 })];
    expect(() => plan(many))
      .to.throw()
      .that.deep.equals(errors.POLICY_VIOLATION.because('Excessively large number of partitions per request.'));
    expect(plan([topic('a', { numPartitions: 10_000 })]).records).to.have.length(10_001);
  });
});

describe('planPartitions', () => {
  const plan = (...topics: NewPartitions[]) => planPartitions(topics, cluster, 1);
  const grow = (name: string, count: number, brokers: number[][] | null = null): NewPartitions => ({
    name,
    count,
    assignments: brokers?.map((brokerIds) => ({ brokerIds })) ?? null,
  });

  it('adds partitions behind those that are there', () => {
    for (const wanted of [grow('taken', 4), grow('taken', 4, [[1], [1]])]) {
      const { outcomes, records } = plan(wanted);
      expect(outcomes).to.deep.equal([{ done: undefined }]);
      const added = records.map(
        (record) => record.name === 'PartitionRecord' && [record.data.topicId, record.data.partitionId],
      );
      expect(added).to.deep.equal([
        [T, 2],
        [T, 3],
      ]);
    }
  });

  const refusals: [what: string, wanted: NewPartitions, error: ErrorName, message: string | null][] = [
    ['a topic that is not there', grow('none', 4), 'UNKNOWN_TOPIC_OR_PARTITION', null],
    ['the number that is there', grow('taken', 2), 'INVALID_PARTITIONS', 'Topic already has 2 partition(s).'],
    [
      'fewer than there are',
      grow('taken', 1),
      'INVALID_PARTITIONS',
      'The topic taken currently has 2 partition(s); 1 would not be an increase.',
    ],
    [
      'placement of fewer than are added',
      grow('taken', 4, [[1]]),
      'INVALID_REPLICA_ASSIGNMENT',
      'Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.',
    ],
    [
      'another number of replicas',
      grow('taken', 3, [[]]),
      'INVALID_REPLICA_ASSIGNMENT',
      'The manual partition assignment includes an empty replica list.',
    ],
    [
      'brokers that are not there',
      grow('taken', 3, [[9]]),
      'INVALID_REPLICA_ASSIGNMENT',
      'The manual partition assignment includes broker 9, but no such broker is registered.',
    ],
  ];
  for (const [what, wanted, error, message] of refusals) {
    it(`refuses ${what}`, () => {
      const { outcomes, records } = plan(wanted);
      expect(refusal(outcomes[0])).to.deep.equal([error, message]);
      expect(records).to.deep.equal([]);
    });
  }

  it('refuses a name that comes twice, and too many partitions as a whole', () => {
    expect(plan(grow('taken', 3), grow('taken', 4)).outcomes.map((o) => refusal(o)?.[0] ?? 'done')).to.deep.equal([
      'done',
      'INVALID_REQUEST',
    ]);
    expect(() => plan(grow('taken', 10_003)))
      .to.throw()
      .with.property('name', 'POLICY_VIOLATION');
  });
});
