import { expect } from 'chai';
import pino from 'pino';
import { createBroker, fetch, findCoordinator, listGroups, metadata, onRequest, produce } from '../../lib';
import { consumerGroupHeartbeat } from '../../lib/apis/consumer-group-heartbeat';
import { createTopics } from '../../lib/apis/create-topics';
import { describeGroups } from '../../lib/apis/describe-groups';
import { exchanges } from '../../lib/apis/exchanges';
import { joinGroup } from '../../lib/apis/join-group';
import { syncGroup } from '../../lib/apis/sync-group';
import { errors } from '../../lib/errors';
import { Answer } from '../../lib/protocol/api';
import { readSubscription, writeAssignment, writeSubscription } from '../../lib/protocol/consumer-protocol';
import { relayed } from '../../lib/proxy/relayed-api';
import { type Asking, tenantPrefix } from '../../lib/taps/tenant-prefix';
import { UsageError } from '../../lib/usage';
import { zeroUuid } from '../../lib/uuid';
import { Wire } from '../support/wire';

const byListener = ({ listener }: Asking) => (listener === 'ADMIN' ? null : `${listener.toLowerCase()}-`);
const everything = { topics: null };

/** A broker with two tenants, and one who sees everything: each has a listener. */
async function withTenants(taps = tenantPrefix({ prefix: byListener })) {
  const logged: string[] = [];
  const broker = await createBroker({
    config: {
      listeners: 'A://127.0.0.1:0,B://127.0.0.1:0,ADMIN://127.0.0.1:0',
      'listener.security.protocol.map': 'A:PLAINTEXT,B:PLAINTEXT,ADMIN:PLAINTEXT',
      'group.initial.rebalance.delay.ms': 0,
    },
    taps,
    logger: pino({ level: 'warn' }, { write: (line) => void logged.push(JSON.parse(line).msg) }),
  });
  const { endpoints } = await broker.listen();
  const wires: Wire[] = [];
  const connect = async (listener: string) => {
    const { port } = endpoints.find((endpoint) => endpoint.listener === listener)!;
    wires.push(await Wire.connect(`127.0.0.1:${port}`));
    return wires.at(-1)!;
  };
  const [a, b, admin] = [await connect('A'), await connect('B'), await connect('ADMIN')];
  const close = async () => {
    for (const wire of wires) wire.close();
    await broker.close();
  };
  return { broker, a, b, admin, connect, logged, [Symbol.asyncDispose]: close };
}

const topicOf = (name: string) => ({
  ...{ timeoutMs: 5000, validateOnly: false },
  topics: [{ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }],
});
const namesSeen = async (wire: Wire) => (await wire.request(metadata, 12, everything)).topics.map(({ name }) => name);

describe('tenantPrefix', () => {
  it('gives each tenant topics of its own, and shows all to who has no prefix', async () => {
    await using all = await withTenants();
    for (const wire of [all.a, all.b]) {
      const { topics } = await wire.request(createTopics, 7, topicOf('orders'));
      expect(topics.map(({ name, errorCode }) => [name, errorCode])).to.deep.equal([['orders', 0]]);
    }
    await all.a.request(createTopics, 7, topicOf('only-a'));
    expect((await namesSeen(all.a)).sort()).to.deep.equal(['only-a', 'orders']);
    expect(await namesSeen(all.b)).to.deep.equal(['orders']);
    expect((await namesSeen(all.admin)).sort()).to.deep.equal(['a-only-a', 'a-orders', 'b-orders']);
    const again = await all.a.request(createTopics, 7, topicOf('orders'));
    expect(again.topics[0]).to.include({ name: 'orders', errorCode: errors.TOPIC_ALREADY_EXISTS.code });
  });

  it('lets nobody read another’s topic by its id', async () => {
    await using all = await withTenants();
    const { topics } = await all.a.request(createTopics, 7, topicOf('secret'));
    const { topicId } = topics[0]!;
    await all.broker.produce('a-secret', ['for a only']);
    const read = async (wire: Wire) => {
      const answer = await wire.request(fetch, 13, {
        ...{ replicaId: -1, maxWaitMs: 0, minBytes: 0, sessionId: 0, sessionEpoch: -1 },
        topics: [{ topicId, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }] }],
      });
      const [response] = answer.responses;
      expect(response!.topicId).to.equal(topicId);
      return response!.partitions[0]!;
    };
    expect((await read(all.a)).records!.toString()).to.include('for a only');
    expect(await read(all.b)).to.include({ errorCode: errors.UNKNOWN_TOPIC_ID.code });
    const asked = await all.b.request(metadata, 12, { topics: [{ topicId, name: null }] });
    expect(asked.topics[0]).to.deep.include({ topicId, name: null, errorCode: errors.UNKNOWN_TOPIC_ID.code });
  });

  it('lets equal groups stand side by side, and looks into what their members tell each other', async () => {
    await using all = await withTenants();
    const group = async (wire: Wire, topic: string) => {
      const { coordinators } = await wire.request(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] });
      expect(coordinators[0]).to.include({ key: 'g', errorCode: 0 });
      const join = (memberId: string) =>
        wire.request(joinGroup, 9, {
          ...{ groupId: 'g', sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000, protocolType: 'consumer', memberId },
          protocols: [{ name: 'range', metadata: writeSubscription({ topics: [topic] }, 1) }],
        });
      const joined = await join((await join('')).memberId);
      expect(joined.errorCode).to.equal(0);
      const { memberId, generationId, members } = joined;
      expect(readSubscription(members[0]!.metadata)!.topics).to.deep.equal([topic]);
      const assignment = writeAssignment({ assignedPartitions: [{ topic, partitions: [0] }] }, 1);
      // A version in which nobody says the type of the group.
      const synced = await wire.request(syncGroup, 3, {
        ...{ groupId: 'g', generationId, memberId },
        assignments: [{ memberId, assignment }],
      });
      expect(synced.assignment.equals(assignment)).to.equal(true);
    };
    await group(all.a, 'x');
    await group(all.b, 'y');
    for (const [wire, topic] of [
      [all.a, 'x'],
      [all.b, 'y'],
    ] as const) {
      expect((await wire.request(listGroups, 4, {})).groups.map(({ groupId }) => groupId)).to.deep.equal(['g']);
      const { groups } = await wire.request(describeGroups, 5, { groups: ['g'] });
      expect(readSubscription(groups[0]!.members[0]!.memberMetadata)!.topics).to.deep.equal([topic]);
    }
    const { groups } = await all.admin.request(describeGroups, 5, { groups: ['a-g'] });
    expect(readSubscription(groups[0]!.members[0]!.memberMetadata)!.topics).to.deep.equal(['a-x']);
  });

  it('holds an expression to the tenant’s topics', async () => {
    await using all = await withTenants();
    for (const wire of [all.a, all.b]) await wire.request(createTopics, 7, topicOf('orders'));
    const own = (await all.a.request(metadata, 12, everything)).topics[0]!.topicId;
    const beat = (subscribedTopicRegex: string, memberEpoch: number, memberId = 'AAAAAAAAAAAAAAAAAAAAAQ') =>
      all.a.request(consumerGroupHeartbeat, 1, {
        ...{ groupId: 'g', memberId, memberEpoch, rebalanceTimeoutMs: 1000, subscribedTopicRegex },
        ...{ subscribedTopicNames: null, topicPartitions: memberEpoch === 0 ? [] : null },
      });
    await all.a.request(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] });
    let answer = await beat('^o.*$', 0);
    for (let i = 0; i < 5 && (answer.assignment?.topicPartitions ?? []).length === 0; i++)
      answer = await beat('^o.*$', answer.memberEpoch);
    expect(answer.errorCode).to.equal(0);
    expect(answer.assignment!.topicPartitions.map(({ topicId }) => topicId)).to.deep.equal([own]);
    const out = await beat('x)|(.*', 0, 'AAAAAAAAAAAAAAAAAAAAAg');
    expect(out.errorCode).to.equal(errors.INVALID_REGULAR_EXPRESSION.code);
  });

  it('refuses a request that carries another one', async () => {
    const taps = tenantPrefix({ prefix: 'a-' });
    const envelope = relayed(exchanges().get(58)!);
    await using broker = await createBroker({ apis: [metadata, envelope], taps });
    const body = { requestData: Buffer.alloc(0), requestPrincipal: null, clientHostAddress: Buffer.alloc(4) };
    const answer = (await broker.inject(envelope, 0, body)) as { errorCode: number };
    expect(answer.errorCode).to.equal(errors.CLUSTER_AUTHORIZATION_FAILED.code);
  });

  it('leaves answers alone that somebody has given before it', async () => {
    const shown = { errorCode: 0, name: 'shown', topicId: zeroUuid, isInternal: false, partitions: [] };
    const answer = { brokers: [], clusterId: null, controllerId: -1, topics: [shown] };
    const early = onRequest(metadata, 'early', () => new Answer(answer));
    const { requests = [], replies = [] } = tenantPrefix({ prefix: 'a-' });
    await using broker = await createBroker({ taps: { requests: [early, ...requests], replies } });
    const { topics } = await broker.inject(metadata, 12, everything);
    expect(topics.map(({ name }) => name)).to.deep.equal(['shown']);
  });

  it('prefixes what was produced before versions with ids, too', async () => {
    await using all = await withTenants();
    await all.a.request(createTopics, 7, topicOf('orders'));
    const answer = await all.a.request(produce, 9, {
      ...{ transactionalId: null, acks: 1, timeoutMs: 1000 },
      topicData: [{ name: 'orders', partitionData: [{ index: 0, records: null }] }],
    });
    expect(answer.responses[0]).to.have.property('name', 'orders');
  });

  it('refuses prefixes that are none, and that cannot be told from each other', async () => {
    for (const prefix of ['', 'a b', 'ä', 'a/'])
      expect(() => tenantPrefix({ prefix })).to.throw(
        UsageError,
        `prefix ${JSON.stringify(prefix)}: expected 1 to 200`,
      );
    expect(() => tenantPrefix({ prefix: 3 as never })).to.throw(UsageError, 'expected a text or a function');
    expect(() => tenantPrefix({ prefx: 'a-' } as never)).to.throw(UsageError, 'did you mean prefix?');
    await using all = await withTenants(tenantPrefix({ prefix: ({ listener }) => (listener === 'A' ? 'a-' : 'a-b-') }));
    expect(await namesSeen(all.a)).to.deep.equal([]);
    const refused = await namesSeen(all.b).catch((error) => error.message);
    expect(refused).to.match(/ended/);
    expect(all.logged).to.deep.equal([
      "connection closed: tenantPrefix: prefix a-b- begins as a- does: they would see each other's names",
    ]);
  });
});
