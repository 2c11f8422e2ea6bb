import { expect } from 'chai';
import { consumerGroupHeartbeat } from '../../lib/apis/consumer-group-heartbeat';
import { errors } from '../../lib/errors';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

const topicId = 'AAAAAAAAAAAAAAAAAAAAAQ';
const body = {
  groupId: 'g',
  memberId: 'm',
  memberEpoch: 0,
  instanceId: 'i',
  rackId: 'r',
  rebalanceTimeoutMs: 1000,
  subscribedTopicNames: ['orders'],
  serverAssignor: 'uniform',
  topicPartitions: [{ topicId, partitions: [1, 2] }],
};
const quiet = {
  instanceId: null,
  rackId: null,
  rebalanceTimeoutMs: -1,
  subscribedTopicNames: null,
  subscribedTopicRegex: null,
  serverAssignor: null,
  topicPartitions: null,
};
const nothing = {
  throttleTimeMs: 0,
  errorMessage: null,
  memberId: null,
  memberEpoch: 0,
  heartbeatIntervalMs: 0,
  assignment: null,
};

describe('consumerGroupHeartbeat', () => {
  let groups: ScriptedGroups;
  let broker: TestBroker;
  beforeEach(() => {
    groups = new ScriptedGroups();
    broker = new TestBroker({}, { groups });
    broker.feature('group.version', 1);
  });
  const client = { clientId: 'spec', clientHost: '/127.0.0.1' };
  const still = { groupId: 'g', memberId: 'm', memberEpoch: 4 };

  for (const version of [0, 1])
    it(`asks as version ${version} does`, async () => {
      const regex = version < 1 ? {} : { subscribedTopicRegex: 'ord.*' };
      await ask(broker, consumerGroupHeartbeat, version, { ...body, ...regex });
      await ask(broker, consumerGroupHeartbeat, version, still);
      expect(groups.asked).to.deep.equal([
        { consumerGroupHeartbeat: { ...body, subscribedTopicRegex: null, ...regex, client, version } },
        { consumerGroupHeartbeat: { ...still, ...quiet, client, version } },
      ]);
    });

  it('gives an assignment, or says that it is as before', async () => {
    const given = { error: errors.NONE, memberId: 'm', memberEpoch: 4, heartbeatIntervalMs: 5000 };
    const told = { ...nothing, errorCode: 0, memberId: 'm', memberEpoch: 4, heartbeatIntervalMs: 5000 };
    groups.script.consumerGroupHeartbeat = async () => ({ ...given, assignment: null });
    expect(await ask(broker, consumerGroupHeartbeat, 1, still)).to.deep.equal(told);
    groups.script.consumerGroupHeartbeat = async () => ({ ...given, assignment: new Map() });
    expect(await ask(broker, consumerGroupHeartbeat, 1, still)).to.deep.equal({
      ...told,
      assignment: { topicPartitions: [] },
    });
    groups.script.consumerGroupHeartbeat = async () => ({ ...given, assignment: new Map([[topicId, [0, 2]]]) });
    expect(await ask(broker, consumerGroupHeartbeat, 0, still)).to.deep.equal({
      ...told,
      assignment: { topicPartitions: [{ topicId, partitions: [0, 2] }] },
    });
  });

  it('tells errors with their messages, and nothing else', async () => {
    const error = errors.FENCED_MEMBER_EPOCH.because('epoch 4 is not 5');
    const rest = { memberId: 'm', memberEpoch: 4, heartbeatIntervalMs: 5000, assignment: new Map() };
    groups.script.consumerGroupHeartbeat = async () => ({ error, ...rest });
    const answer = await ask(broker, consumerGroupHeartbeat, 1, still);
    expect(answer).to.deep.equal({ ...nothing, errorCode: 110, errorMessage: 'epoch 4 is not 5' });
    groups.script.consumerGroupHeartbeat = async () => {
      throw errors.NOT_COORDINATOR;
    };
    expect(await ask(broker, consumerGroupHeartbeat, 1, still)).to.deep.equal({ ...nothing, errorCode: 16 });
  });

  it('is refused where the protocol is not offered', async () => {
    broker.feature('group.version', 0);
    expect(await ask(broker, consumerGroupHeartbeat, 1, still)).to.deep.equal({ ...nothing, errorCode: 35 });
    expect(groups.asked).to.deep.equal([]);
  });
});
