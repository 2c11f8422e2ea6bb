/**
 * Groups that move from Apache Kafka to Millrace and back: the log directory `groups` is served as its manifest says, goes
 * on here, and Apache Kafka then sees what we saw last.
 */
import { expect } from 'chai';
import { consumerGroupDescribe } from '../../lib/apis/consumer-group-describe';
import { deleteGroups } from '../../lib/apis/delete-groups';
import { describeGroups } from '../../lib/apis/describe-groups';
import { listGroups } from '../../lib/apis/list-groups';
import { offsetCommit } from '../../lib/apis/offset-commit';
import { offsetFetch } from '../../lib/apis/offset-fetch';
import { parseProperties } from '../../lib/properties';
import { readAssignment } from '../../lib/protocol/consumer-protocol';
import { missingJavaPrograms, startKafka } from '../support/apache-kafka';
import type { Service } from '../support/child';
import { clientsRequired } from '../support/conformance';
import { JavaTools } from '../support/java-tools';
import { type Home, launch, makeHome } from '../support/launch';
import { type Manifest, type ManifestGroup, readManifest, type Unpacked, unpack } from '../support/reference-logdirs';
import { Wire } from '../support/wire';
import { GroupMember } from './clients/group-member';
import type { Crew } from './clients/member';
import { memberClient } from './clients/members';

/** What the properties of the archive say that is not about where the broker listens. */
const ours = /^(group|offsets|log\.retention|transaction|transactional|producer|share)\./;

const partitionNames = (topics: readonly { topic: string; partitions: readonly number[] }[]) =>
  topics.flatMap(({ topic, partitions }) => partitions.map((partition) => `${topic}-${partition}`)).sort();

describe('the groups in a log directory that Apache Kafka wrote', function () {
  this.timeout(120_000);
  const manifest: Manifest = readManifest('groups');
  const groups = Object.entries(manifest.served.groups);
  const ofType = (type: ManifestGroup['type']) => groups.filter(([, group]) => group.type === type);
  let unpacked: Unpacked;
  let properties: Record<string, string>;
  let home: Home;
  let service: Service;
  let wire: Wire;

  before(async () => {
    unpacked = unpack(manifest);
    const all = parseProperties(unpacked.properties, 'server.properties');
    properties = Object.fromEntries([...all].flatMap(([key, value]) => (ours.test(key) ? [[key, `${value}`]] : [])));
    home = await makeHome({ ...properties, 'log.dirs': unpacked.logDir });
    service = await launch(home);
    wire = await Wire.connect(home.bootstrap);
  });
  after(async () => {
    wire?.close();
    await service?.kill();
    await home?.remove();
    unpacked?.remove();
  });

  it('are all listed', async () => {
    const answer = await wire.request(listGroups, 5, {});
    expect(
      answer.groups.map((row) => [row.groupId, row.groupType.toLowerCase(), row.protocolType, row.groupState]).sort(),
    ).to.deep.equal(
      groups.map(([name, { type, protocol, state }]) => [name, type.toLowerCase(), protocol, state]).sort(),
    );
  });

  it('are described, those of the classic protocol', async () => {
    const classic = ofType('Classic');
    const answer = await wire.request(describeGroups, 6, { groups: classic.map(([name]) => name) });
    const found = answer.groups.map((row) => [
      row.groupId,
      {
        errorCode: row.errorCode,
        state: row.groupState,
        protocol: row.protocolType,
        assignor: row.protocolData,
        members: row.members
          .map(({ memberId, groupInstanceId, clientId, clientHost, memberAssignment }) => ({
            ...{ memberId, groupInstanceId, clientId, host: clientHost },
            assignment: partitionNames(readAssignment(memberAssignment)?.assignedPartitions ?? []),
          }))
          .sort((a, b) => (a.memberId < b.memberId ? -1 : 1)),
      },
    ]);
    const expected = classic.map(([name, { state, protocol, describe }]) => [
      name,
      {
        ...{ errorCode: 0, state, protocol, assignor: describe.partitionAssignor },
        members: describe.members
          .map(({ memberId, groupInstanceId, clientId, host, assignment }) => ({
            ...{ memberId, groupInstanceId, clientId, host, assignment },
          }))
          .sort((a, b) => (a.memberId < b.memberId ? -1 : 1)),
      },
    ]);
    expect(found).to.deep.equal(expected);
  });

  it('are described, those of the consumer protocol', async () => {
    const consumer = ofType('Consumer');
    const answer = await wire.request(consumerGroupDescribe, 1, {
      groupIds: consumer.map(([name]) => name),
      includeAuthorizedOperations: false,
    });
    const named = (list: readonly { topicName: string; partitions: readonly number[] }[]) =>
      partitionNames(list.map(({ topicName, partitions }) => ({ topic: topicName, partitions })));
    const found = answer.groups.map((row) => [
      row.groupId,
      {
        ...{ errorCode: row.errorCode, state: row.groupState, assignor: row.assignorName },
        epochs: [row.groupEpoch, row.assignmentEpoch],
        members: row.members
          .map(({ memberId, instanceId, rackId, clientId, clientHost, memberEpoch, assignment }) => ({
            ...{ memberId, groupInstanceId: instanceId, rackId, clientId, host: clientHost, memberEpoch },
            assignment: named(assignment.topicPartitions),
          }))
          .sort((a, b) => (a.memberId < b.memberId ? -1 : 1)),
      },
    ]);
    const expected = consumer.map(([name, { state, describe }]) => [
      name,
      {
        ...{ errorCode: 0, state, assignor: describe.partitionAssignor },
        epochs: [describe.groupEpoch, describe.targetAssignmentEpoch],
        members: describe.members
          .map((member) => ({ ...member, assignment: [...member.assignment].sort() }))
          .sort((a, b) => (a.memberId < b.memberId ? -1 : 1)),
      },
    ]);
    expect(found).to.deep.equal(expected);
  });

  it('have committed what they had committed', async () => {
    const committed = groups.filter(([, { offsets }]) => offsets);
    const asked = committed.map(([groupId]) => ({ groupId, topics: null }));
    const answer = await wire.request(offsetFetch, 9, { groups: asked });
    const found = answer.groups.map(({ groupId, errorCode, topics }) => [
      ...[groupId, errorCode],
      Object.fromEntries(
        topics.flatMap(({ name, partitions }) =>
          partitions.map(({ partitionIndex, committedOffset, committedLeaderEpoch, metadata }) => [
            `${name}-${partitionIndex}`,
            {
              ...{ offset: committedOffset, metadata },
              leaderEpoch: committedLeaderEpoch < 0 ? null : committedLeaderEpoch,
            },
          ]),
        ),
      ),
    ]);
    expect(found).to.deep.equal(committed.map(([groupId, { offsets }]) => [groupId, 0, offsets]));
  });

  describe('after they went on here, in Apache Kafka', () => {
    const missing = missingJavaPrograms();
    if (missing !== null) {
      it(`is skipped: ${missing}`, function () {
        if (clientsRequired()) throw new Error(missing);
        this.skip();
      });
      return;
    }
    const commands = [
      '--list --state',
      '--list --type',
      '--describe --all-groups --offsets --verbose',
      '--describe --all-groups --members --verbose',
      '--describe --all-groups --state --verbose',
    ];
    let tools: JavaTools;
    let crew: Crew;
    const here: string[][] = [];
    const there: string[][] = [];

    /** Everything that the tools print of all groups, row by row. */
    async function ask(bootstrap: string, into: string[][]): Promise<void> {
      for (const command of commands) {
        const { code, stdout, stderr } = await tools.consumerGroups(bootstrap, command.split(' '));
        const text = `${code}\n${stdout}\n${stderr}`.replaceAll(bootstrap, 'HOST:PORT');
        into.push(
          text
            .split('\n')
            .map((line) => line.replace(/\s+/g, ' ').trim())
            .filter(Boolean)
            .sort(),
        );
      }
    }

    /** A commit, a new group of each protocol, one that went on, one that lost a member without a word, one less. */
    async function change(): Promise<void> {
      const one = { partitionIndex: 1, committedOffset: 5, committedMetadata: 'by us' };
      const commit = { groupId: 'simple-commit', memberId: '', topics: [{ name: 'groups.t', partitions: [one] }] };
      const answer = await wire.request(offsetCommit, 8, commit);
      expect(answer.topics[0]?.partitions[0]?.errorCode).to.equal(0);
      const deleted = await wire.request(deleteGroups, 2, { groupsNames: ['admin-set'] });
      expect(deleted.results.map(({ errorCode }) => errorCode)).to.deep.equal([0]);

      const topics = ['groups.t'];
      const enter = (name: string, group: string, protocol: 'classic' | 'consumer') =>
        GroupMember.join(crew, name, home.bootstrap, { group, topics, protocol, sessionTimeoutMs: 1_800_000 });
      const leaving = [enter('one', 'new-classic', 'classic'), enter('two', 'consumer-empty', 'consumer')];
      const staying = [enter('three', 'new-consumer', 'consumer'), enter('four', 'classic-range-empty', 'classic')];
      for (const member of [...leaving, ...staying]) await member.untilOwns(6);
      await staying[0]!.untilRead(1);
      for (const member of leaving) await member.leave();
      await staying[0]!.commit([['groups.t', 3, 7, 'as of now']]);
      await staying[1]!.commit([['groups.t', 0, 1, '']]);
      await crew.kill();
    }

    before(async () => {
      tools = new JavaTools();
      crew = memberClient('Java').crew();
      await change();
      await ask(home.bootstrap, here);
      wire.close();
      await service.stop();
      const kafka = await startKafka({ logDir: unpacked.logDir, properties, staticVoters: true });
      try {
        // it answers before it has read its groups, and then knows of none
        for (let tries = 0; tries < 50; tries++)
          if ((await tools.consumerGroups(kafka.bootstrap, ['--list'])).stdout.includes('new-consumer')) break;
        await ask(kafka.bootstrap, there);
      } finally {
        await kafka.stop();
      }
    });
    after(async () => {
      await crew?.kill();
      await tools?.stop();
    });

    for (const [i, command] of commands.entries()) {
      it(`are what they were: ${command}`, () => {
        expect(here[i]!.length).to.be.greaterThan(5);
        expect(there[i]).to.deep.equal(here[i]);
      });
    }
  });
});
