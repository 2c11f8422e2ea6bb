import { expect } from 'chai';
import { hashTopics } from '../../../lib/coordinators/groups/metadata-hash';
import type { MetadataImage } from '../../../lib/storage/metadata-image';
import type { MetadataDraft } from '../../../lib/storage/metadata-records';
import { brokerRecord, imageAfter, topicRecords } from '../../support/metadata';
import { readManifest } from '../../support/reference-logdirs';

const { topics } = readManifest('groups').served;

/** The hashes that Kafka wrote with a group, in order. */
function written(groupId: string): string[] {
  const key = Buffer.concat([Buffer.from([0, groupId.length]), Buffer.from(groupId)]).toString('hex');
  return Object.values(topics['__consumer_offsets']!.partitions)
    .flatMap((partition) => partition.records)
    .flatMap((record) => {
      const [keyHex, hex] = [record.key, record.value].map((bytes) => (bytes && 'hex' in bytes ? bytes.hex : ''));
      // An int32 epoch behind the version; then, of a consumer group, one tag: number 0, 8 bytes.
      if (keyHex === `0003${key}`) return [hex!.slice(18)];
      return keyHex === `000b${key}` ? [hex!.slice(12, 28)] : [];
    });
}

function shown(hash: number): string {
  return BigInt.asUintN(64, BigInt(hash)).toString(16).padStart(16, '0');
}

/** A topic with one partition for each list of replicas. */
function placed(name: string, topicId: string, replicas: readonly (readonly number[])[]): MetadataDraft[] {
  const [topic, ...partitions] = topicRecords(name, topicId, replicas.length);
  const withReplicas = partitions.map(
    (record, i) => ({ ...record, data: { ...record.data, replicas: replicas[i]! } }) as MetadataDraft,
  );
  return [topic!, ...withReplicas];
}

const ids = { orders: 'l-8SzOZrQtKV9ghFxztJrA', far: 'v7ATnsKtR_6BxrtOM1nXqQ', big: 'CYFE-373RWC7BHoCMRa0pA' };
const far = 'Zäh-日本🚀';
const clusterOf = (racks: readonly (string | null)[]): MetadataImage =>
  imageAfter(
    ...racks.map((rack, id) => brokerRecord(id, { rack })),
    ...placed('orders', ids.orders, [[0, 1, 2, 3], [3, 1], [2]]),
    ...placed(far, ids.far, [[0]]),
    ...placed('big', ids.big, Array(500).fill([0, 1])),
  );

describe('hashTopics', () => {
  const reference = imageAfter(
    brokerRecord(1),
    ...['groups.t', 'groups.u'].flatMap((name) =>
      topicRecords(name, topics[name]!.topicId, Object.values(topics[name]!.partitions).length),
    ),
  );

  it('gives what Kafka wrote with the groups of the reference directory', () => {
    expect(new Set(written('consumer-live'))).to.deep.equal(new Set([shown(hashTopics(['groups.t'], reference))]));
    expect(written('consumer-regex-live')).to.deep.equal([shown(hashTopics(['groups.u', 'groups.t'], reference))]);
    expect(written('share-live')[0]).to.equal(shown(hashTopics(['groups.u'], reference)));
  });

  it('gives what the classes of Kafka 4.3.1 give where brokers stand in racks', () => {
    const all = ['orders', far, 'big'];
    expect(String(hashTopics(all, clusterOf(['rack-b', 'rack-a', null, 'rack-b'])))).to.equal('7777633996957419920');
    expect(String(hashTopics(all, clusterOf([null, null, null, null])))).to.equal('269618226256250012');
    expect(String(hashTopics(['orders'], clusterOf(['', null, null, null])))).to.equal('7185963579668051289');
  });

  it('is 0 without topics', () => {
    expect(hashTopics([], reference)).to.equal(0);
    expect(hashTopics(['nope'], reference)).to.equal(0);
  });

  it('leaves out topics that are not there, and names that are said twice', () => {
    expect(hashTopics(['groups.t', 'nope', 'groups.t'], reference)).to.equal(hashTopics(['groups.t'], reference));
  });

  it('follows the racks of the brokers and the number of partitions', () => {
    const before = hashTopics(['orders'], clusterOf(['a', 'a', 'a', 'a']));
    expect(hashTopics(['orders'], clusterOf(['a', 'a', 'a', 'b']))).to.not.equal(before);
    const more = imageAfter(brokerRecord(1), ...topicRecords('groups.u', topics['groups.u']!.topicId, 3));
    expect(hashTopics(['groups.u'], more)).to.not.equal(hashTopics(['groups.u'], reference));
  });

  it('hashes a topic once', () => {
    const image = clusterOf(['a', null, null, null]);
    const first = hashTopics(['big'], image);
    const { partitions } = image.topicsByName.get('big')!;
    const asked = new Proxy(partitions, {
      get: () => {
        throw new Error('looked at again');
      },
    });
    // The topic's image is frozen in no way, so that its partitions can be put out of reach.
    Object.defineProperty(image.topicsByName.get('big')!, 'partitions', { get: () => asked });
    expect(hashTopics(['big'], image)).to.equal(first);
  });
});
