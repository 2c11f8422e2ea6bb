import { expect } from 'chai';
import * as fc from 'fast-check';
import { zeroUuid } from '../../lib/protocol/bytes';
import { applyRecords } from '../../lib/storage/metadata-fold';
import { decodeRecord, encodeRecord } from '../../lib/storage/metadata-frame';
import { emptyImage, type MetadataImage } from '../../lib/storage/metadata-image';
import type { MetadataDraft } from '../../lib/storage/metadata-records';

const T = 'caWaUYlohPi5N-AAAAAAAQ';
const U = 'caWaUYlohPi5N-AAAAAAAg';
const D = 'EAAAAAAAQACAAAAAAAAAAQ';

const topic = (name: string, topicId: string): MetadataDraft => ({
  name: 'TopicRecord',
  version: 0,
  data: { name, topicId },
});
const partition = (topicId: string, partitionId: number, more: object = {}): MetadataDraft => ({
  name: 'PartitionRecord',
  version: 2,
  data: {
    partitionId,
    topicId,
    replicas: [1],
    isr: [1],
    removingReplicas: [],
    addingReplicas: [],
    leader: 1,
    leaderEpoch: 0,
    partitionEpoch: 0,
    directories: [D],
    ...more,
  },
});
const change = (topicId: string, partitionId: number, more: object): MetadataDraft => ({
  name: 'PartitionChangeRecord',
  version: 2,
  data: { topicId, partitionId, ...more },
});
const config = (resourceType: number, resourceName: string, name: string, value: string | null): MetadataDraft => ({
  name: 'ConfigRecord',
  version: 0,
  data: { resourceType, resourceName, name, value },
});
const begin: MetadataDraft = { name: 'BeginTransactionRecord', version: 0, data: {} };
const end: MetadataDraft = { name: 'EndTransactionRecord', version: 0, data: {} };
const abort: MetadataDraft = { name: 'AbortTransactionRecord', version: 0, data: {} };

const stored = (draft: MetadataDraft) => decodeRecord(encodeRecord(draft));

describe('applyRecords', () => {
  let warnings: string[];
  beforeEach(() => {
    warnings = [];
  });
  const warn = (what: string) => {
    warnings.push(what);
  };
  const imageAfter = (records: readonly MetadataDraft[], image: MetadataImage = emptyImage) =>
    applyRecords(image, records.map(stored), image.lastOffset + records.length, warn);

  afterEach(function () {
    if (this.currentTest?.title.includes('warns')) expect(warnings).to.not.deep.equal([]);
    else expect(warnings).to.deep.equal([]);
  });

  it('adds topics with their partitions, by name and by id', () => {
    const image = imageAfter([topic('foo', T), partition(T, 0), partition(T, 1)]);
    const foo = image.topicsByName.get('foo')!;
    expect(foo).to.equal(image.topicsById.get(T));
    expect(foo.partitions.map((p) => p.partition)).to.deep.equal([0, 1]);
    expect(foo.partitions[0]).to.deep.equal({
      partition: 0,
      replicas: [1],
      isr: [1],
      leader: 1,
      leaderEpoch: 0,
      partitionEpoch: 0,
      recovering: false,
      removingReplicas: [],
      addingReplicas: [],
      directories: [D],
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
    });
    expect(image.lastOffset).to.equal(2);
  });

  it('leaves the image that it began with alone, and shares what did not change', () => {
    const before = imageAfter([topic('foo', T), partition(T, 0), topic('bar', U), partition(U, 0)]);
    const next = imageAfter([change(T, 0, { leader: -1 })], before);
    expect(before.topicsByName.get('foo')!.partitions[0]!.leader).to.equal(1);
    expect(next.topicsByName.get('foo')!.partitions[0]!.leader).to.equal(-1);
    expect(next.topicsByName.get('bar')).to.equal(before.topicsByName.get('bar'));
    expect(next.features).to.equal(before.features);
  });

  it('removes a topic with its configs, so that the name can be used again', () => {
    const image = imageAfter([
      topic('foo', T),
      config(2, 'foo', 'retention.ms', '1'),
      partition(T, 0),
      { name: 'RemoveTopicRecord', version: 0, data: { topicId: T } },
      topic('foo', U),
      partition(U, 0),
    ]);
    expect([...image.topicsById.keys()]).to.deep.equal([U]);
    expect(image.configs(2, 'foo').size).to.equal(0);
    expect(image.topicsByName.get('foo')!.id).to.equal(U);
  });

  it('knows which names collide', () => {
    const names = [topic('a.b', T), topic('plain', U)];
    expect([...imageAfter(names).collisions]).to.deep.equal([['a_b', ['a.b']]]);
    const image = imageAfter([...names, { name: 'RemoveTopicRecord', version: 0, data: { topicId: T } }]);
    expect(image.collisions.size).to.equal(0);
  });

  it('counts a leader epoch up with every election and the partition epoch with every change', () => {
    const image = imageAfter([
      topic('foo', T),
      partition(T, 0),
      change(T, 0, { isr: [], leader: -1, eligibleLeaderReplicas: [1], lastKnownElr: [1] }),
      change(T, 0, { leaderRecoveryState: 1 }),
      change(T, 0, { isr: [1], leader: 1, eligibleLeaderReplicas: [], lastKnownElr: [] }),
    ]);
    const p = image.topicsById.get(T)!.partitions[0]!;
    expect([p.leader, p.leaderEpoch, p.partitionEpoch, p.recovering]).to.deep.equal([1, 2, 3, true]);
    expect([p.isr, p.eligibleLeaderReplicas, p.lastKnownElr]).to.deep.equal([[1], [], []]);
  });

  it('clears ELRs of one topic or of all', () => {
    const elr = { eligibleLeaderReplicas: [1], lastKnownElr: [1] };
    const both = [topic('foo', T), partition(T, 0, elr), topic('bar', U), partition(U, 0, elr)];
    const clear = (topicName: string): MetadataDraft => ({ name: 'ClearElrRecord', version: 0, data: { topicName } });
    const elrs = (image: MetadataImage) =>
      ['foo', 'bar'].map((name) => image.topicsByName.get(name)!.partitions[0]!.eligibleLeaderReplicas.length);
    expect(elrs(imageAfter([...both, clear('foo')]))).to.deep.equal([0, 1]);
    expect(elrs(imageAfter([...both, clear('')]))).to.deep.equal([0, 0]);
  });

  it('sets and removes configs of each kind of resource', () => {
    const image = imageAfter([
      config(2, 'foo', 'retention.ms', '1'),
      config(2, 'foo', 'segment.ms', '2'),
      config(4, '', 'min.insync.replicas', '1'),
      config(4, '1', 'min.insync.replicas', '2'),
      config(32, 'g', 'x', 'y'),
      config(2, 'foo', 'retention.ms', null),
      config(32, 'g', 'x', null),
    ]);
    expect([...image.configs(2, 'foo')]).to.deep.equal([['segment.ms', '2']]);
    expect(image.configs(4, '').get('min.insync.replicas')).to.equal('1');
    expect(image.configs(4, '1').get('min.insync.replicas')).to.equal('2');
    expect([...image.allConfigs.keys()]).to.have.members(['2:foo', '4:', '4:1']);
  });

  it('follows brokers, controllers, features and producer ids', () => {
    const register: MetadataDraft = {
      name: 'RegisterBrokerRecord',
      version: 4,
      data: {
        brokerId: 1,
        incarnationId: U,
        brokerEpoch: 9,
        endPoints: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
        features: [],
        rack: 'r',
        logDirs: [D],
      },
    };
    const registration = (more: object): MetadataDraft => ({
      name: 'BrokerRegistrationChangeRecord',
      version: 3,
      data: { brokerId: 1, brokerEpoch: 9, ...more },
    });
    const feature = (name: string, featureLevel: number): MetadataDraft => ({
      name: 'FeatureLevelRecord',
      version: 0,
      data: { name, featureLevel },
    });
    const image = imageAfter([
      register,
      registration({ fenced: -1 }),
      registration({ inControlledShutdown: 1, cordonedLogDirs: [] }),
      feature('metadata.version', 30),
      feature('group.version', 1),
      feature('group.version', 0),
      { name: 'ProducerIdsRecord', version: 0, data: { brokerId: 1, nextProducerId: 3000 } },
      {
        name: 'RegisterControllerRecord',
        version: 0,
        data: { controllerId: 1, incarnationId: T, zkMigrationReady: false, endPoints: [], features: [] },
      },
    ]);
    expect(image.brokers.get(1)).to.deep.equal({
      nodeId: 1,
      incarnationId: U,
      brokerEpoch: 9,
      rack: 'r',
      fenced: false,
      inControlledShutdown: true,
      endpoints: [{ name: 'PLAINTEXT', host: 'localhost', port: 9092, securityProtocol: 0 }],
      logDirs: [D],
      cordonedLogDirs: [],
    });
    expect([...image.features]).to.deep.equal([['metadata.version', 30]]);
    expect(image.nextProducerId).to.equal(3000);
    expect(image.controllers.get(1)!.incarnationId).to.equal(T);
    expect(
      imageAfter([{ name: 'UnregisterBrokerRecord', version: 0, data: { brokerId: 1, brokerEpoch: 9 } }], image)
        .brokers,
    ).to.have.property('size', 0);
  });

  it('keeps the latest of what nothing acts on yet', () => {
    const quota = (key: string, value: number, remove = false): MetadataDraft => ({
      name: 'ClientQuotaRecord',
      version: 0,
      data: { entity: [{ entityType: 'user', entityName: null }], key, value, remove },
    });
    const image = imageAfter([quota('a', 1), quota('b', 2), quota('a', 3), quota('b', 0, true)]);
    expect([...image.kept.values()].map((record) => record.name === 'ClientQuotaRecord' && record.data.value))
      .to.deep //
      .equal([3]);
  });

  it('shows a transaction when it ends, and never when it is aborted', () => {
    const open = imageAfter([topic('foo', T), begin, topic('bar', U), partition(U, 0)]);
    expect([...open.topicsByName.keys()]).to.deep.equal(['foo']);
    expect([...imageAfter([end], open).topicsByName.keys()]).to.have.members(['foo', 'bar']);
    expect([...imageAfter([abort], open).topicsByName.keys()]).to.deep.equal(['foo']);
    expect(imageAfter([abort], open).transaction).to.equal(null);
  });

  const oddities: [string, MetadataDraft[]][] = [
    ['a partition of a topic that is not there', [partition(T, 0)]],
    ['a change of a partition that is not there', [topic('foo', T), change(T, 3, { leader: 1 })]],
    ['a partition index that no topic has', [topic('foo', T), partition(T, 2 ** 31 - 1)]],
    ['a topic that is removed and not there', [{ name: 'RemoveTopicRecord', version: 0, data: { topicId: T } }]],
    ['a broker that is changed and not there', [{ name: 'FenceBrokerRecord', version: 0, data: { id: 7, epoch: 1 } }]],
  ];
  for (const [what, records] of oddities) {
    it(`warns of ${what} and goes on`, () => {
      const image = imageAfter([...records, topic('last', U), partition(U, 0)]);
      expect(image.topicsByName.get('last')!.partitions).to.have.length(1);
      expect(image.topicsByName.get('foo')?.partitions ?? []).to.deep.equal([]);
    });
  }

  it('warns of records that only a newer Kafka knows, and keeps them', () => {
    const image = applyRecords(emptyImage, [decodeRecord(Buffer.from('01fa01000102', 'hex'))], 0, warn);
    expect(image.unknown.map((record) => record.type)).to.deep.equal([250]);
  });

  it('warns of a hole among the partitions and fills it with one that has no leader', () => {
    const image = imageAfter([topic('foo', T), partition(T, 1)]);
    expect(image.topicsByName.get('foo')!.partitions.map((p) => [p.partition, p.leader])).to.deep.equal([
      [0, -1],
      [1, 1],
    ]);
  });

  it('gives the same image record by record and all at once', () => {
    const uuids = fc.constantFrom(T, U, zeroUuid);
    const names = fc.constantFrom('foo', 'bar.x', 'bar_x');
    const any = fc.oneof(
      fc.tuple(names, uuids).map(([name, id]) => [topic(name, id), partition(id, 0)]),
      fc.tuple(uuids, fc.constantFrom(-2, -1, 1)).map(([id, leader]) => [change(id, 0, { leader })]),
      uuids.map((topicId): MetadataDraft[] => [{ name: 'RemoveTopicRecord', version: 0, data: { topicId } }]),
      fc.tuple(names, fc.constantFrom('1', null)).map(([name, value]) => [config(2, name, 'k', value)]),
      fc.constantFrom([begin], [end], [abort]),
      names.map((topicName): MetadataDraft[] => [{ name: 'ClearElrRecord', version: 0, data: { topicName } }]),
    );
    const parts = ({ configs: _, ...image }: MetadataImage) => image;
    fc.assert(
      fc.property(fc.array(any, { maxLength: 30 }), (groups) => {
        const records = groups.flat().map(stored);
        const atOnce = applyRecords(emptyImage, records, records.length - 1);
        let image = emptyImage;
        for (const [i, record] of records.entries()) image = applyRecords(image, [record], i);
        expect(parts(image)).to.deep.equal(parts(atOnce));
      }),
    );
  });
});
