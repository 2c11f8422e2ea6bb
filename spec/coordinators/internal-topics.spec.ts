import { expect } from 'chai';
import { loadConfig } from '../../lib/config';
import { internalTopic } from '../../lib/coordinators/internal-topics';
import { validateTopicConfigs } from '../../lib/topic-config';
import { internalTopics } from '../../lib/topic-names';

describe('internalTopic', () => {
  const config = loadConfig({
    'offsets.topic.num.partitions': 3,
    'offsets.topic.segment.bytes': 2000000,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.min.isr': 2,
    'share.coordinator.state.topic.num.partitions': 5,
  });
  const of = (name: string) => internalTopic(name, config)!;

  it('goes by the coordinators’ keys', () => {
    expect(of('__consumer_offsets')).to.deep.equal({
      numPartitions: 3,
      replicationFactor: 1,
      configs: [
        ['compression.type', 'producer'],
        ['cleanup.policy', 'compact'],
        ['segment.bytes', '2000000'],
      ],
    });
    expect(of('__transaction_state').numPartitions).to.equal(4);
    expect(Object.fromEntries(of('__transaction_state').configs)).to.deep.equal({
      'compression.type': 'uncompressed',
      'cleanup.policy': 'compact',
      'min.insync.replicas': '2',
      'segment.bytes': '104857600',
      'unclean.leader.election.enable': 'false',
    });
    expect(of('__share_group_state').numPartitions).to.equal(5);
    expect(Object.fromEntries(of('__share_group_state').configs)).to.include({
      'cleanup.policy': 'delete',
      'retention.ms': '-1',
    });
  });

  it('sets nothing that a topic could not have', () => {
    for (const name of Object.values(internalTopics))
      expect(validateTopicConfigs(new Map(of(name).configs), config)).to.equal(null);
  });

  it('knows no other topic', () => {
    expect(internalTopic('foo', config)).to.equal(undefined);
    expect(internalTopic('__cluster_metadata', config)).to.equal(undefined);
  });
});
