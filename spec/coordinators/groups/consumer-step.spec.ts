import { expect } from 'chai';
import { ConsumerClient, ConsumerTable, cluster, shown, topicIdOf } from '../../support/consumer-table';

const names = (...subscribedTopicNames: string[]) => ({ subscribedTopicNames });
const six = cluster({ a: 6 });
const intervalMs = 50;

function start({ topics = six, config = {} }: { topics?: ReturnType<typeof cluster>; config?: object } = {}) {
  const table = new ConsumerTable({
    image: topics,
    config: { 'group.consumer.assignment.interval.ms': intervalMs, ...config },
  });
  const client = (memberId: string, subscription: object = names('a'), instanceId: string | null = null) =>
    new ConsumerClient(table, memberId, subscription, instanceId);
  return { table, client };
}

describe('stepConsumer', () => {
  describe('for one member', () => {
    it('assigns all partitions with the first answer, in epoch 2, as Kafka does', () => {
      const { table, client } = start();
      const m = client('m');
      const records = table.recordsOf(() => {
        const { error, memberId, memberEpoch, assignment } = m.heartbeat();
        expect([error.name, memberId, memberEpoch, shown(assignment)]).to.deep.equal(['NONE', 'm', 2, 'a:0,1,2,3,4,5']);
      });
      expect(records).to.deep.equal([
        'MemberMetadata',
        'Metadata',
        'TargetAssignmentMember',
        'TargetAssignmentMetadata',
        'CurrentMemberAssignment',
      ]);
      const { groupEpoch, assignmentEpoch, assignmentTimestampMs } = table.consumer;
      expect([groupEpoch, assignmentEpoch, assignmentTimestampMs]).to.deep.equal([2, 2, table.nowMs]);
      const { memberEpoch, previousMemberEpoch, state, assigned } = table.member('m');
      expect([memberEpoch, previousMemberEpoch, state]).to.deep.equal([2, 0, 'STABLE']);
      expect([...assigned.get(topicIdOf('a'))!.values()]).to.deep.equal([2, 2, 2, 2, 2, 2]);
    });

    it('writes nothing and changes nothing when there is no news', () => {
      const { table, client } = start();
      const m = client('m');
      m.heartbeat();
      m.heartbeat();
      const { group } = table;
      const records = table.recordsOf(() => expect(m.heartbeat().assignment).to.equal(null));
      expect(records).to.deep.equal([]);
      expect(table.group).to.equal(group);
    });

    it('takes it out when it leaves, and keeps the empty group in the next epoch', () => {
      const { table, client } = start();
      const m = client('m');
      m.heartbeat();
      const records = table.recordsOf(() => {
        const { error, memberId, memberEpoch, assignment } = m.leave();
        expect([error.name, memberId, memberEpoch, assignment]).to.deep.equal(['NONE', 'm', -1, null]);
      });
      expect(records).to.deep.equal([
        'CurrentMemberAssignment −',
        'TargetAssignmentMember −',
        'MemberMetadata −',
        'Metadata',
      ]);
      const { groupEpoch, assignmentEpoch, metadataHash, members } = table.consumer;
      expect([groupEpoch, assignmentEpoch, metadataHash, members.size]).to.deep.equal([3, 2, 0, 0]);
      expect(table.due).to.deep.equal({});
    });

    it('takes it out when its session is over, and not before', () => {
      const { table, client } = start();
      const m = client('m');
      m.heartbeat();
      table.pass(44_999);
      m.heartbeat();
      table.pass(44_999);
      expect(table.consumer.members.size).to.equal(1);
      table.pass(1);
      expect(table.consumer.members.size).to.equal(0);
      expect(table.consumer.groupEpoch).to.equal(3);
      expect(table.told).to.deep.equal([
        "member 'm' is out of group 'group': it was not heard of for its session timeout",
      ]);
      expect(m.heartbeat().error.name).to.equal('UNKNOWN_MEMBER_ID');
      expect(shown(m.heartbeat().assignment)).to.equal('a:0,1,2,3,4,5');
    });

    it('gives it an id up to version 0 of the API', () => {
      const { table } = start();
      const request = { version: 0, subscribedTopicNames: ['a'], topicPartitions: [] };
      const { memberId, error } = table.consumerHeartbeat({ ...request, memberId: '' }).answer;
      expect([error.name, memberId]).to.deep.equal(['NONE', 'id-1']);
      expect(table.member('id-1').memberEpoch).to.equal(2);
    });

    it('lets it join without topics, and gives it some once they are there', () => {
      const { table, client } = start({ topics: cluster({}) });
      const m = client('m');
      expect(shown(m.heartbeat().assignment)).to.equal('');
      table.image = six;
      expect(shown(m.heartbeat().assignment)).to.equal('a:0,1,2,3,4,5');
      table.image = cluster({ a: 7 });
      expect(shown(m.heartbeat().assignment)).to.equal('a:0,1,2,3,4,5,6');
      table.image = cluster({});
      expect(shown(m.heartbeat().assignment)).to.equal('');
      m.heartbeat();
      expect(table.member('m').state).to.equal('STABLE');
    });

    it('begins no new epoch when something changes that it does not subscribe to', () => {
      const { table, client } = start();
      const m = client('m');
      m.heartbeat();
      table.image = cluster({ a: 6, other: 1 });
      expect(table.recordsOf(() => m.heartbeat())).to.deep.equal([]);
      expect(table.consumer.groupEpoch).to.equal(2);
      expect(table.consumer.seen).to.equal(table.image);
    });

    it('takes away at once what it does not subscribe to any more', () => {
      const { table, client } = start({
        topics: cluster({ a: 2, b: 2 }),
        config: { 'group.consumer.assignment.interval.ms': 10_000 },
      });
      const [m, other] = [client('m', names('a', 'b')), client('other', names())];
      m.heartbeat();
      other.heartbeat();
      m.subscribe(names('b'));
      // The target is not made anew yet, and still has both topics.
      expect(shown(m.heartbeat().assignment)).to.equal('b:0,1');
      expect(table.consumer.groupEpoch).to.be.above(table.consumer.assignmentEpoch);
      expect(table.member('m').state).to.equal('UNREVOKED_PARTITIONS');
      m.heartbeat();
      expect(table.member('m').state).to.equal('STABLE');
    });
  });

  describe('for many members', () => {
    it('answers who comes right after an assignment with that epoch and nothing, and assigns after the interval', () => {
      const { table, client } = start();
      const [m, n] = [client('m'), client('n')];
      m.heartbeat();
      table.pass(10);
      const joined = n.heartbeat();
      expect([joined.memberEpoch, shown(joined.assignment)]).to.deep.equal([2, '']);
      expect(joined.heartbeatIntervalMs).to.equal(intervalMs - 10);
      expect(table.consumer.groupEpoch).to.equal(3);
      table.pass(intervalMs - 11);
      expect([shown(m.heartbeat().assignment), table.consumer.assignmentEpoch]).to.deep.equal([null, 2]);
      table.pass(1);
      const { memberEpoch, assignment } = m.heartbeat();
      expect([table.consumer.assignmentEpoch, memberEpoch]).to.deep.equal([3, 2]);
      expect(assignment!.get(topicIdOf('a'))).to.have.length(3);
    });

    it('moves partitions from one to another once the first has given them up', () => {
      const { table, client } = start();
      const [m, n] = [client('m'), client('n')];
      m.heartbeat();
      table.pass(intervalMs);
      expect(shown(n.heartbeat().assignment)).to.equal('');
      expect(table.member('n').state).to.equal('UNRELEASED_PARTITIONS');
      const told = m.send();
      m.hear(told);
      expect([told.memberEpoch, told.assignment!.get(topicIdOf('a'))!.length]).to.deep.equal([2, 3]);
      expect(table.member('m').state).to.equal('UNREVOKED_PARTITIONS');
      expect(n.heartbeat().assignment).to.equal(null);
      m.takeUp();
      expect(m.heartbeat().memberEpoch).to.equal(3);
      expect(table.member('m').state).to.equal('STABLE');
      expect(n.heartbeat().assignment!.get(topicIdOf('a'))).to.have.length(3);
      expect(table.member('n').state).to.equal('STABLE');
      const epochs = (memberId: string) => new Set(table.member(memberId).assigned.get(topicIdOf('a'))!.values());
      expect([epochs('m'), epochs('n')]).to.deep.equal([new Set([2]), new Set([3])]);
    });

    it('takes out who does not give up partitions for its rebalance timeout, and gives them to others', () => {
      const { table, client } = start();
      const [m, n] = [client('m'), client('n')];
      m.heartbeat();
      table.pass(intervalMs);
      n.heartbeat();
      m.hear(m.send());
      expect(table.due['revoke m']).to.equal(60_000);
      for (let passedMs = 0; passedMs < 59_000; passedMs += 1000) {
        table.pass(1000);
        n.heartbeat();
        m.send();
      }
      expect(table.due['revoke m']).to.equal(1000);
      table.pass(999);
      expect(table.consumer.members.has('m')).to.equal(true);
      table.pass(1);
      expect(table.consumer.members.has('m')).to.equal(false);
      expect(table.told.at(-1)).to.equal(
        "member 'm' is out of group 'group': it did not give up its partitions in 60000 ms",
      );
      expect(shown(n.heartbeat().assignment)).to.equal('a:0,1,2,3,4,5');
    });

    it('forgets the rebalance timeout of who gives its partitions up', () => {
      const { table, client } = start();
      const [m, n] = [client('m'), client('n')];
      m.heartbeat();
      table.pass(intervalMs);
      n.heartbeat();
      m.heartbeat();
      expect(table.due).to.include.keys('revoke m');
      m.heartbeat();
      expect(table.due).not.to.include.keys('revoke m');
    });

    it('has the group stable within some heartbeats when 50 start at once', () => {
      const { table, client } = start({ topics: cluster({ a: 100 }) });
      const startedMs = table.nowMs;
      const members = Array.from({ length: 50 }, (_, i) => client(`member-${i}`));
      const dueMs = new Map(members.map((member, i) => [member, table.nowMs + i]));
      let [heartbeats, stableMs] = [0, 0];
      while (stableMs === 0 && table.nowMs < startedMs + 10_000) {
        for (const member of members) {
          if (dueMs.get(member)! > table.nowMs) continue;
          member.heartbeat();
          heartbeats++;
          // As clients do, it speaks up at once where it has given something up or taken something.
          dueMs.set(member, table.nowMs + Math.min(member.intervalMs, 5000));
        }
        const isStable = [...table.consumer.members.values()].every(
          ({ state, memberEpoch }) => state === 'STABLE' && memberEpoch === table.consumer.groupEpoch,
        );
        if (isStable && table.consumer.members.size === 50) stableMs = table.nowMs - startedMs;
        table.pass(1);
      }
      expect(stableMs).to.be.within(50, 300);
      expect(heartbeats).to.be.below(50 * 20);
      for (const member of members) expect(member.owned.get(topicIdOf('a'))).to.have.length(2);
    });

    it('uses the assignor that most ask for', () => {
      const { table, client } = start({ topics: cluster({ a: 3, b: 3 }) });
      const range = (memberId: string) => client(memberId, { ...names('a', 'b'), serverAssignor: 'range' });
      const members = [range('m'), range('n'), client('o', { ...names('a', 'b'), serverAssignor: 'uniform' })];
      for (let round = 0; round < 5; round++) {
        for (const member of members) member.heartbeat();
        table.pass(intervalMs);
      }
      // Ranges go by member: the same partitions of each topic.
      expect(members.map(({ owned }) => shown(owned))).to.deep.equal(['a:0 b:0', 'a:1 b:1', 'a:2 b:2']);
    });
  });

  describe('for heartbeats that cross', () => {
    it('leaves a member what it has yet to take, though it says once more that it owns nothing', () => {
      const { table, client } = start();
      const [m, n] = [client('m'), client('n')];
      m.hear(m.send());
      m.miss(); // to say all again, as librdkafka does; what it was told is still on the way to its application
      table.pass(intervalMs);
      n.heartbeat();
      const told = m.send();
      expect(shown(told.assignment)).to.equal('a:0,1,2');
      expect(shown(n.heartbeat().assignment) || 'nothing').to.equal('nothing');
      m.takeUp();
      m.hear(told);
      m.takeUp();
      expect(shown(n.heartbeat().assignment) || 'nothing').to.equal('nothing');
      m.heartbeat();
      expect(shown(n.heartbeat().assignment)).to.equal('a:3,4,5');
    });

    it('takes the epoch before from who has not heard of the new one, and tells it all again', () => {
      const { table, client } = start();
      const m = client('m');
      m.heartbeat();
      table.image = cluster({ a: 7 });
      m.send();
      m.miss();
      expect(table.member('m').memberEpoch).to.equal(3);
      const { error, memberEpoch, assignment } = m.heartbeat();
      expect([error.name, memberEpoch, shown(assignment)]).to.deep.equal(['NONE', 3, 'a:0,1,2,3,4,5,6']);
    });

    it('takes it as often as answers are lost', () => {
      const { table, client } = start();
      const [m, n] = [client('m'), client('n')];
      m.heartbeat();
      table.pass(intervalMs);
      n.heartbeat();
      n.epoch = 0;
      for (let i = 0; i < 3; i++) n.send();
      m.heartbeat();
      m.heartbeat();
      for (let i = 0; i < 3; i++) expect(n.send().error.name).to.equal('NONE');
    });

    it('fences who is further behind, ahead, or owns what it should not', () => {
      const { table, client } = start();
      const m = client('m');
      m.heartbeat();
      for (const partitions of [7, 8]) {
        table.image = cluster({ a: partitions });
        m.heartbeat();
      }
      expect(table.member('m').memberEpoch).to.equal(4);
      const owned = [{ topicId: topicIdOf('a'), partitions: [0] }];
      const foreign = [{ topicId: topicIdOf('a'), partitions: [0, 9] }];
      const sent = (memberEpoch: number, topicPartitions: typeof owned | null) =>
        table.consumerHeartbeat({ memberId: 'm', memberEpoch, rebalanceTimeoutMs: -1, topicPartitions }).answer;
      const { group } = table;
      expect(sent(2, owned).error.name).to.equal('FENCED_MEMBER_EPOCH');
      expect(sent(5, owned).error.name).to.equal('FENCED_MEMBER_EPOCH');
      expect(sent(3, null).error.name).to.equal('FENCED_MEMBER_EPOCH');
      expect(sent(3, foreign).error.name).to.equal('FENCED_MEMBER_EPOCH');
      expect(table.group).to.equal(group);
      expect(sent(3, owned).error.name).to.equal('NONE');
    });

    it('lets who was fenced join again under its id', () => {
      const { table, client } = start();
      const m = client('m');
      m.heartbeat();
      m.reset();
      const { error, memberEpoch, assignment } = m.heartbeat();
      expect([error.name, memberEpoch, shown(assignment)]).to.deep.equal(['NONE', 2, 'a:0,1,2,3,4,5']);
      expect(table.consumer.groupEpoch).to.equal(2);
    });
  });

  describe('for static members', () => {
    it('keeps the place of one that leaves for a while, for who comes in its place', () => {
      const { table, client } = start();
      const m = client('m', names('a'), 'i');
      m.heartbeat();
      expect(m.leave(-2).memberEpoch).to.equal(-2);
      const away = table.member('m');
      expect([away.memberEpoch, away.previousMemberEpoch, shown(away.assigned)]).to.deep.equal([
        -2,
        0,
        'a:0,1,2,3,4,5',
      ]);
      expect([...away.assigned.get(topicIdOf('a'))!.values()]).to.deep.equal([0, 0, 0, 0, 0, 0]);
      table.pass(1000);
      const n = client('n', names('a'), 'i');
      const records = table.recordsOf(() => {
        const { memberEpoch, assignment } = n.heartbeat();
        expect([memberEpoch, shown(assignment)]).to.deep.equal([2, 'a:0,1,2,3,4,5']);
      });
      expect(records).to.deep.equal([
        'CurrentMemberAssignment −',
        'TargetAssignmentMember −',
        'MemberMetadata −',
        'MemberMetadata',
        'TargetAssignmentMember',
        'CurrentMemberAssignment',
        'CurrentMemberAssignment',
      ]);
      expect([...table.consumer.members.keys()]).to.deep.equal(['n']);
      expect(table.consumer.groupEpoch).to.equal(2);
      expect(Object.keys(table.due)).to.deep.equal(['session n']);
    });

    it('takes one out that does not come back within its session', () => {
      const { table, client } = start();
      const m = client('m', names('a'), 'i');
      m.heartbeat();
      table.pass(10_000);
      m.leave(-2);
      table.pass(34_999);
      expect(table.consumer.members.size).to.equal(1);
      table.pass(1);
      expect(table.consumer.members.size).to.equal(0);
    });

    it('refuses another one while the first is there, and the first once it is replaced', () => {
      const { table, client } = start();
      const [m, n] = [client('m', names('a'), 'i'), client('n', names('a'), 'i')];
      m.send();
      expect(n.heartbeat().error.name).to.equal('UNRELEASED_INSTANCE_ID');
      // A join of which the answer was lost is no other one.
      expect(m.heartbeat().error.name).to.equal('NONE');
      m.leave(-2);
      n.heartbeat();
      m.epoch = 2;
      expect(m.heartbeat().error.name).to.equal('FENCED_INSTANCE_ID');
      expect(m.leave(-2).error.name).to.equal('FENCED_INSTANCE_ID');
      expect(client('x', names('a'), 'unknown').leave().error.name).to.equal('UNKNOWN_MEMBER_ID');
      expect(table.consumer.members.size).to.equal(1);
    });
  });

  describe('for regular expressions', () => {
    const regex = (subscribedTopicRegex: string) => ({ subscribedTopicRegex });

    it('looks them up among all topics, internal ones too', () => {
      const { table, client } = start({ topics: cluster({ a: 1, b: 1, __consumer_offsets: 1 }) });
      const m = client('m', regex('a|__.*'));
      m.heartbeat();
      expect(shown(m.owned)!.split(' ')).to.have.length(2);
      const { topics, version, timestampMs } = table.consumer.regexes.get('a|__.*')!;
      expect([...topics].sort()).to.deep.equal(['__consumer_offsets', 'a']);
      expect([version, timestampMs]).to.deep.equal([table.image.lastOffset, table.nowMs]);
    });

    it('looks them up again when topics come or go', () => {
      const { table, client } = start();
      const m = client('m', regex('[a-z]'));
      m.heartbeat();
      table.image = cluster({ a: 6, b: 2 });
      expect(shown(m.heartbeat().assignment)).to.equal('a:0,1,2,3,4,5 b:0,1');
      table.image = cluster({ b: 2 });
      m.heartbeat();
      expect(shown(m.owned)).to.equal('b:0,1');
    });

    it('writes them anew when their time is over, and nothing else', () => {
      const { table, client } = start({ config: { 'group.consumer.regex.refresh.interval.ms': 10_000 } });
      const m = client('m', regex('a'));
      m.heartbeat();
      table.pass(9999);
      expect(table.recordsOf(() => m.heartbeat())).to.deep.equal([]);
      table.pass(1);
      expect(table.recordsOf(() => m.heartbeat())).to.deep.equal(['RegularExpression']);
      expect(table.consumer.groupEpoch).to.equal(2);
    });

    it('takes away those that nobody subscribes to any more', () => {
      const { table, client } = start({ topics: cluster({ a: 1, b: 1 }) });
      const [m, n] = [client('m', regex('a')), client('n', regex('b'))];
      m.heartbeat();
      n.heartbeat();
      m.subscribe(names('b'));
      m.heartbeat();
      expect([...table.consumer.regexes.keys()]).to.deep.equal(['b']);
      n.leave();
      expect(table.consumer.regexes.size).to.equal(0);
    });

    it('refuses one that is none, and changes nothing', () => {
      const { table, client } = start();
      const m = client('m');
      expect(client('n', regex('(')).heartbeat().error.name).to.equal('INVALID_REGULAR_EXPRESSION');
      expect(table.group).to.equal(null);
      m.heartbeat();
      const { group } = table;
      m.subscribe(regex('['));
      expect(m.heartbeat().error.name).to.equal('INVALID_REGULAR_EXPRESSION');
      expect(table.group).to.equal(group);
    });
  });

  describe('for a group that is not there', () => {
    it('lets nobody in but who joins, and keeps nothing of who is refused', () => {
      const { table } = start();
      const heartbeat = (memberEpoch: number, more = {}) =>
        table.consumerHeartbeat({ memberId: 'm', memberEpoch, instanceId: 'i', ...more }).answer.error.name;
      expect(heartbeat(1)).to.equal('GROUP_ID_NOT_FOUND');
      expect(heartbeat(-1)).to.equal('GROUP_ID_NOT_FOUND');
      expect(heartbeat(0)).to.equal('INVALID_REQUEST');
      expect(table.group).to.equal(null);
      expect(table.records).to.deep.equal([]);
    });
  });

  it('refuses more members than a group may have', () => {
    const { client } = start({ config: { 'group.consumer.max.size': 2 } });
    const [m, n, o] = [client('m'), client('n', names('a'), 'i'), client('o')];
    m.heartbeat();
    n.heartbeat();
    expect(o.heartbeat().error.name).to.equal('GROUP_MAX_SIZE_REACHED');
    n.leave(-2);
    // Who comes in the place of another is not one more.
    expect(client('p', names('a'), 'i').heartbeat().error.name).to.equal('NONE');
    expect(m.heartbeat().error.name).to.equal('NONE');
  });

  it('gives every member the whole of its time when the group was loaded', () => {
    const { table, client } = start();
    const [m, n] = [client('m'), client('n')];
    m.heartbeat();
    table.pass(intervalMs);
    n.heartbeat();
    m.heartbeat();
    table.pass(10_000);
    table.reload();
    expect(table.due).to.deep.equal({ 'session m': 45_000, 'session n': 45_000, 'revoke m': 60_000 });
    m.heartbeat();
    expect(n.heartbeat().assignment!.get(topicIdOf('a'))).to.have.length(3);
  });

  it('is what its records fold to, after every step', () => {
    const { table, client } = start();
    const [m, n] = [client('m'), client('n', { subscribedTopicRegex: 'a' }, 'i')];
    const steps = [() => m.heartbeat(), () => n.heartbeat(), () => table.pass(intervalMs), () => m.heartbeat()];
    steps.push(
      () => n.heartbeat(),
      () => m.heartbeat(),
      () => n.leave(-2),
      () => m.leave(),
      () => table.pass(50_000),
    );
    for (const step of steps) {
      step();
      expect(table.isFolded).to.equal(true);
    }
  });
});
