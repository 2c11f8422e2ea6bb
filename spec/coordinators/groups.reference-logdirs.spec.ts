/**
 * What Apache Kafka wrote, served by Millrace: every group of the reference directories with its state, members,
 * assignments and offsets as Kafka listed and described them.
 */
import { expect } from 'chai';
import { consumerGroupDescribe, describeGroups, listGroups, listOffsets, offsetFetch } from '../../lib/apis';
import { errors } from '../../lib/errors';
import { parseProperties } from '../../lib/properties';
import { readAssignment } from '../../lib/protocol/consumer-protocol';
import { clockAt, type InProcess, openInProcess } from '../support/in-process';
import { type Manifest, readManifest, type Unpacked, unpack } from '../support/reference-logdirs';
import type { Wire } from '../support/wire';

/** What Kafka's AdminClient said of a group. */
interface ManifestGroup {
  type: 'Classic' | 'Consumer' | 'Share';
  protocol: string;
  state: string;
  describe: {
    groupEpoch: number | null;
    targetAssignmentEpoch: number | null;
    partitionAssignor?: string;
    members: {
      memberId: string;
      groupInstanceId: string | null;
      rackId: string | null;
      clientId: string;
      host: string;
      memberEpoch: number | null;
      assignment: string[];
    }[];
  };
  /** By `topic-partition`. */
  offsets?: Record<string, { offset: number; leaderEpoch: number | null; metadata: string }>;
}

for (const name of ['groups', 'transactions', 'transactions-tv0', 'unclean']) {
  describe(`LocalGroups on the ${name} directory`, () => {
    let manifest: Manifest;
    let directory: Unpacked;
    let open: InProcess;
    let wire: Wire;
    let expected: Record<string, ManifestGroup>;

    before(async () => {
      manifest = readManifest(name);
      directory = unpack(manifest);
      const properties = Object.fromEntries(parseProperties(directory.properties, 'server.properties'));
      const config = {
        ...properties,
        'log.dirs': directory.logDir,
        listeners: 'PLAINTEXT://127.0.0.1:0,CONTROLLER://:0',
      };
      const times = Object.values(manifest.served.topics).flatMap(({ partitions }) =>
        partitions.flatMap(({ records }) => records.map(({ timestamp }) => timestamp)),
      );
      open = await openInProcess({ config, scheduler: clockAt(Math.max(...times)) });
      wire = open.connect();
      expected = (manifest.served as { groups?: Record<string, ManifestGroup> }).groups ?? {};
      while ((await list()).errorCode === errors.COORDINATOR_LOAD_IN_PROGRESS.code)
        await new Promise((resolve) => setImmediate(resolve));
    });

    after(async () => {
      await open.close();
      directory.remove();
    });

    const list = () => wire.request(listGroups, 5, { statesFilter: [], typesFilter: [] });

    it('lists every group with its type and state', async () => {
      const { groups } = await list();
      const listed = groups.map(({ groupId, groupType, groupState, protocolType }) => [
        groupId,
        { type: groupType, state: groupState, protocol: protocolType },
      ]);
      const kafkas = Object.entries(expected).map(([id, { type, state, protocol }]) => [
        id,
        { type: type.toLowerCase(), state, protocol },
      ]);
      expect(Object.fromEntries(listed)).to.deep.equal(Object.fromEntries(kafkas));
    });

    it('describes every classic group', async () => {
      const classic = Object.entries(expected).filter(([, { type }]) => type === 'Classic');
      const { groups } = await wire.request(describeGroups, 6, { groups: classic.map(([id]) => id) });
      for (const [id, { state, describe: described, protocol }] of classic) {
        const seen = groups.find(({ groupId }) => groupId === id);
        expect(seen, id).to.include({
          groupState: state,
          protocolType: protocol,
          protocolData: described.partitionAssignor,
          errorCode: 0,
        });
        const members = seen!.members.map((member) => ({
          memberId: member.memberId,
          groupInstanceId: member.groupInstanceId,
          rackId: null,
          clientId: member.clientId,
          host: member.clientHost,
          memberEpoch: null,
          assignment: readAssignment(member.memberAssignment)!.assignedPartitions.flatMap(({ topic, partitions }) =>
            partitions.map((partition) => `${topic}-${partition}`),
          ),
        }));
        expect(members, id).to.have.deep.members(described.members);
      }
    });

    it('describes every consumer group', async () => {
      const consumer = Object.entries(expected).filter(([, { type }]) => type === 'Consumer');
      const { groups } = await wire.request(consumerGroupDescribe, 1, {
        groupIds: consumer.map(([id]) => id),
        includeAuthorizedOperations: false,
      });
      for (const [id, { state, describe: described }] of consumer) {
        const seen = groups.find(({ groupId }) => groupId === id);
        expect(seen, id).to.include({
          groupState: state,
          groupEpoch: described.groupEpoch,
          assignmentEpoch: described.targetAssignmentEpoch,
          assignorName: described.partitionAssignor,
          errorCode: 0,
        });
        const members = seen!.members.map((member) => ({
          memberId: member.memberId,
          groupInstanceId: member.instanceId,
          rackId: member.rackId,
          clientId: member.clientId,
          host: member.clientHost,
          memberEpoch: member.memberEpoch,
          assignment: member.assignment.topicPartitions
            .flatMap(({ topicName, partitions }) => partitions.map((partition) => `${topicName}-${partition}`))
            .sort(),
        }));
        const sorted = described.members.map((member) => ({ ...member, assignment: [...member.assignment].sort() }));
        expect(members, id).to.have.deep.members(sorted);
      }
    });

    it('has the committed offsets of every group', async () => {
      const committing = Object.entries(expected).filter(([, { offsets }]) => offsets !== undefined);
      const asked = committing.map(([groupId]) => ({ groupId, topics: null }));
      const { groups } = await wire.request(offsetFetch, 8, { groups: asked, requireStable: false });
      for (const [id, { offsets }] of committing) {
        const seen = groups.find(({ groupId }) => groupId === id)!;
        const committed = seen.topics.flatMap((topic) =>
          topic.partitions.map((partition) => {
            const { committedOffset: offset, committedLeaderEpoch, metadata } = partition;
            const leaderEpoch = committedLeaderEpoch === -1 ? null : committedLeaderEpoch;
            return [`${topic.name}-${partition.partitionIndex}`, { offset, leaderEpoch, metadata }];
          }),
        );
        expect(Object.fromEntries(committed), id).to.deep.equal(offsets);
      }
    });

    it('writes nothing by reading', async () => {
      const name = '__consumer_offsets';
      const { partitions } = manifest.served.topics[name]!;
      const asked = partitions.map(({ partition }) => ({ partitionIndex: partition, timestamp: -1 }));
      const { topics } = await wire.request(listOffsets, 5, {
        replicaId: -1,
        isolationLevel: 0,
        topics: [{ name, partitions: asked.map((one) => ({ ...one, currentLeaderEpoch: -1 })) }],
      });
      const ends = topics[0]!.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset]);
      expect(ends).to.deep.equal(partitions.map(({ partition, highWatermark }) => [partition, highWatermark]));
    });
  });
}
