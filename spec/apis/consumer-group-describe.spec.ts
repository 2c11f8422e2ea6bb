import { expect } from 'chai';
import { consumerGroupDescribe } from '../../lib/apis/consumer-group-describe';
import type { DescribedConsumerGroup } from '../../lib/coordinators/groups/requests';
import { errors } from '../../lib/errors';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

const gone = 'AAAAAAAAAAAAAAAAAAAAAQ';
const notRequested = -2147483648;
const member = {
  memberId: 'm',
  instanceId: 'i',
  rackId: 'r',
  memberEpoch: 4,
  clientId: 'c',
  clientHost: '/127.0.0.1',
  subscribedTopicNames: ['orders'],
  subscribedTopicRegex: 'ord.*',
  memberType: 1,
};
const epochs = { groupEpoch: 5, assignmentEpoch: 4, assignorName: 'uniform' };
const nothing = { groupState: '', groupEpoch: 0, assignmentEpoch: 0, assignorName: '', members: [] };

describe('consumerGroupDescribe', () => {
  let groups: ScriptedGroups;
  let broker: TestBroker;
  let orders: string;
  beforeEach(() => {
    groups = new ScriptedGroups();
    broker = new TestBroker({}, { groups });
    broker.feature('group.version', 1);
    orders = broker.topic('orders', { partitions: 3 }).id;
  });
  const reconciling = (groupId: string): DescribedConsumerGroup => {
    const assignment = new Map([[orders, [0, 1]]]);
    const targetAssignment = new Map([
      [gone, [0]],
      [orders, [2]],
    ]);
    return { groupId, state: 'Reconciling', ...epochs, members: [{ ...member, assignment, targetAssignment }] };
  };
  const describeAll = async (version: number, groupIds: string[], includeAuthorizedOperations = false) =>
    (await ask(broker, consumerGroupDescribe, version, { groupIds, includeAuthorizedOperations })).groups;

  for (const version of [0, 1])
    it(`describes groups as version ${version} does, without topics that are gone`, async () => {
      groups.script.describeConsumerGroup = async (groupId) => reconciling(groupId);
      const named = (partitions: number[]) => ({
        topicPartitions: [{ topicId: orders, topicName: 'orders', partitions }],
      });
      const memberType = version < 1 ? -1 : 1;
      expect(await describeAll(version, ['a', 'b'])).to.deep.equal(
        ['a', 'b'].map((groupId) => ({
          errorCode: 0,
          errorMessage: null,
          groupId,
          groupState: 'Reconciling',
          ...epochs,
          members: [{ ...member, memberType, assignment: named([0, 1]), targetAssignment: named([2]) }],
          authorizedOperations: notRequested,
        })),
      );
    });

  it('tells operations where they are asked for, but for groups that have an error', async () => {
    groups.script.describeConsumerGroup = async (groupId) => (groupId === 'a' ? reconciling(groupId) : null);
    const rows = await describeAll(1, ['a', 'nosuch'], true);
    expect(rows.map(({ authorizedOperations }) => authorizedOperations)).to.deep.equal([3400, notRequested]);
  });

  it('says that a group does not exist, or is of another type, and answers the others', async () => {
    groups.script.describeConsumerGroup = async (groupId) => {
      if (groupId === 'loading') throw errors.COORDINATOR_LOAD_IN_PROGRESS;
      return groupId === 'a' ? reconciling(groupId) : null;
    };
    groups.script.describeClassicGroup = async (groupId) => {
      const empty = { state: 'Empty', protocolType: '', protocolData: '', members: [] };
      return groupId === 'classic' ? { groupId, ...empty } : null;
    };
    const [a, ...others] = await describeAll(1, ['a', 'nosuch', 'classic', 'loading', '']);
    expect(a).to.include({ groupId: 'a', errorCode: 0 });
    const error = (groupId: string, errorCode: number, errorMessage: string | null) => ({
      groupId,
      errorCode,
      errorMessage,
      ...nothing,
      authorizedOperations: notRequested,
    });
    expect(others).to.deep.equal([
      error('nosuch', 69, 'Group nosuch not found.'),
      error('classic', 69, 'Group classic is not a consumer group.'),
      error('loading', 14, null),
      error('', 24, null),
    ]);
  });

  it('answers a group that comes twice once', async () => {
    expect((await describeAll(0, ['a', 'b', 'a'])).map(({ groupId }) => groupId)).to.deep.equal(['a', 'b']);
  });

  it('is refused where the protocol is not offered', async () => {
    broker.feature('group.version', 0);
    expect((await describeAll(1, ['a', 'b'])).map(({ errorCode }) => errorCode)).to.deep.equal([35, 35]);
    expect(groups.asked).to.deep.equal([]);
  });
});
