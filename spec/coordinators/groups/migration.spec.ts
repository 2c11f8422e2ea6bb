import { expect } from 'chai';
import { cluster } from '../../support/consumer-table';
import { ClassicClient, MixedTable, ModernClient, settle } from '../../support/mixed-table';

function start(config: Record<string, string> = {}, count = 2) {
  const table = new MixedTable({ image: cluster({ a: 6 }), config });
  const classics = Array.from({ length: count }, () => new ClassicClient(table, ['a'], true));
  settle(table, classics, 6);
  return { table, classics };
}

describe('stepUpgrade', () => {
  it('makes a consumer group for the first member that comes by the consumer protocol, while the others go on', () => {
    const { table, classics } = start();
    const { generationId } = table.classic;
    const modern = new ModernClient(table, 'm', ['a']);
    const records = table.recordsOf(() => expect(modern.heartbeat()).to.equal('NONE'));
    expect(records[0]).to.equal('GroupMetadata −');
    expect(table.consumer.members.size).to.equal(3);
    const [one] = classics;
    const beat = table.heartbeat({ memberId: one!.memberId, generationId });
    expect(beat.answer.name).to.equal('REBALANCE_IN_PROGRESS');
    expect(table.due).to.include({ [`join ${one!.memberId}`]: 300_000 });
    table.checkFolded();
    settle(table, [modern, ...classics], 6);
    expect(modern.owned.size).to.equal(2);
  });

  it('goes back when that one leaves', () => {
    const { table, classics } = start();
    const modern = new ModernClient(table, 'm', ['a']);
    settle(table, [modern, ...classics], 6);
    modern.leave();
    settle(table, classics, 6);
    expect(table.classic.state).to.equal('Stable');
  });

  it('refuses what is wrong with the request before it looks at the group', () => {
    const { table } = start();
    expect(table.consumerHeartbeat({ memberId: '', memberEpoch: 0 }).answer.error.name).to.equal('INVALID_REQUEST');
  });

  const faults: readonly (readonly [string, Record<string, string>, object, string])[] = [
    ['it does not join', {}, { memberEpoch: 3 }, 'GROUP_ID_NOT_FOUND'],
    ['it leaves', {}, { memberEpoch: -1 }, 'GROUP_ID_NOT_FOUND'],
    ['the policy forbids it', { 'group.consumer.migration.policy': 'disabled' }, {}, 'GROUP_ID_NOT_FOUND'],
    ['its expression is none', {}, { subscribedTopicRegex: '[' }, 'INVALID_REGULAR_EXPRESSION'],
    ['the group would be too large', { 'group.consumer.max.size': '2' }, {}, 'GROUP_MAX_SIZE_REACHED'],
  ];
  for (const [what, config, request, expected] of faults)
    it(`leaves the group as it was when ${what}`, () => {
      const { table } = start(config);
      const { group } = table;
      const joining = { memberId: 'm', subscribedTopicNames: ['a'], topicPartitions: [], rebalanceTimeoutMs: 1000 };
      const said = { ...joining, ...request };
      const records = table.recordsOf(() => expect(table.consumerHeartbeat(said).answer.error.name).to.equal(expected));
      expect(records).to.deep.equal([]);
      expect(table.group).to.equal(group);
    });
});

describe('stepConsumerGroup', () => {
  it('gives classic members their time to join again when the group is loaded', () => {
    const { table, classics } = start();
    new ModernClient(table, 'm', ['a']).heartbeat();
    table.reload();
    for (const { memberId } of classics)
      expect(table.due).to.include({ [`join ${memberId}`]: 300_000, [`session ${memberId}`]: 45_000 });
  });

  it('forgets the timers of classic members that are out', () => {
    const { table, classics } = start();
    new ModernClient(table, 'm', ['a']).heartbeat();
    table.pass(45_000);
    expect(
      Object.keys(table.due).filter((key) => classics.some(({ memberId }) => key.endsWith(memberId))),
    ).to.deep.equal([]);
  });

  it('makes a group where there is none for a member of the consumer protocol', () => {
    const table = new MixedTable({ image: cluster({ a: 1 }) });
    new ModernClient(table, 'm', ['a']).heartbeat();
    expect(table.consumer.groupEpoch).to.equal(2);
  });
});
