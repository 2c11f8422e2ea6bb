import { expect } from 'chai';
import { describeGroups } from '../../lib/apis/describe-groups';
import type { DescribedClassicGroup, DescribedConsumerGroup } from '../../lib/coordinators/groups/requests';
import { errors } from '../../lib/errors';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

const notRequested = -2147483648;

function stable(groupId: string): DescribedClassicGroup {
  const member = { memberId: 'm', groupInstanceId: 'i', clientId: 'c', clientHost: '/127.0.0.1' };
  const bytes = { memberMetadata: Buffer.from('meta'), memberAssignment: Buffer.from('given') };
  const members = [{ ...member, ...bytes }];
  return { groupId, state: 'Stable', protocolType: 'consumer', protocolData: 'range', members };
}

function ofConsumers(groupId: string): DescribedConsumerGroup {
  return { groupId, state: 'Stable', groupEpoch: 1, assignmentEpoch: 1, assignorName: 'uniform', members: [] };
}

describe('describeGroups', () => {
  let groups: ScriptedGroups;
  let broker: TestBroker;
  beforeEach(() => {
    groups = new ScriptedGroups();
    broker = new TestBroker({}, { groups });
  });
  const describeAll = async (version: number, names: string[], includeAuthorizedOperations = false) => {
    const option = version < 3 ? {} : { includeAuthorizedOperations };
    return (await ask(broker, describeGroups, version, { groups: names, ...option })).groups;
  };

  for (const version of [0, 1, 2, 3, 4, 5, 6])
    it(`describes groups as version ${version} does`, async () => {
      groups.script.describeClassicGroup = async (groupId) => stable(groupId);
      const groupInstanceId = version < 4 ? null : 'i';
      expect(await describeAll(version, ['a', 'b'])).to.deep.equal(
        ['a', 'b'].map((groupId) => ({
          errorCode: 0,
          errorMessage: null,
          groupId,
          groupState: 'Stable',
          protocolType: 'consumer',
          protocolData: 'range',
          members: [{ ...stable(groupId).members[0], groupInstanceId }],
          authorizedOperations: notRequested,
        })),
      );
    });

  it('tells operations from version 3 on where they are asked for', async () => {
    groups.script.describeClassicGroup = async (groupId) => stable(groupId);
    expect((await describeAll(3, ['a'], true))[0]!.authorizedOperations).to.equal(3400);
    expect((await describeAll(6, ['a'], true))[0]!.authorizedOperations).to.equal(3400);
  });

  it('has a group that does not exist dead, without an error up to version 5', async () => {
    const dead = { groupId: 'nosuch', groupState: 'Dead', protocolType: '', protocolData: '', members: [] };
    const unknown = { ...dead, errorCode: 69, errorMessage: 'Group nosuch not found.' };
    const none = { ...dead, errorCode: 0, errorMessage: null };
    expect(await describeAll(0, ['nosuch'])).to.deep.equal([{ ...none, authorizedOperations: notRequested }]);
    expect(await describeAll(5, ['nosuch'], true)).to.deep.equal([{ ...none, authorizedOperations: 3400 }]);
    expect(await describeAll(6, ['nosuch'], true)).to.deep.equal([{ ...unknown, authorizedOperations: notRequested }]);
  });

  it('has a group of another type dead as well, and says so in version 6', async () => {
    groups.script.describeConsumerGroup = async (groupId) => ofConsumers(groupId);
    expect((await describeAll(5, ['g']))[0]).to.include({ errorCode: 0, groupState: 'Dead' });
    expect((await describeAll(6, ['g']))[0]).to.include({
      errorCode: 69,
      errorMessage: 'Group g is not a classic group.',
      groupState: 'Dead',
    });
  });

  it('answers the others where one is refused', async () => {
    groups.script.describeClassicGroup = async (groupId) => {
      if (groupId === 'b') throw errors.COORDINATOR_LOAD_IN_PROGRESS;
      return stable(groupId);
    };
    const rows = await describeAll(6, ['a', 'b', 'c'], true);
    expect(rows.map(({ groupId, errorCode, groupState }) => [groupId, errorCode, groupState])).to.deep.equal([
      ['a', 0, 'Stable'],
      ['b', 14, ''],
      ['c', 0, 'Stable'],
    ]);
    expect(rows[1]!.authorizedOperations).to.equal(notRequested);
  });

  it('answers a group that comes twice once', async () => {
    expect((await describeAll(0, ['a', '', 'a', ''])).map(({ groupId }) => groupId)).to.deep.equal(['a', '']);
  });
});
