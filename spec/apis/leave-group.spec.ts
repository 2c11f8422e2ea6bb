import { expect } from 'chai';
import { leaveGroup } from '../../lib/apis/leave-group';
import { errors } from '../../lib/errors';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

const two = [
  { memberId: 'm', groupInstanceId: null },
  { memberId: '', groupInstanceId: 'i' },
];

describe('leaveGroup', () => {
  let groups: ScriptedGroups;
  let broker: TestBroker;
  beforeEach(() => {
    groups = new ScriptedGroups();
    broker = new TestBroker({}, { groups });
  });
  const leaveAlone = (version: number) => ask(broker, leaveGroup, version, { groupId: 'g', memberId: 'm' });

  for (const version of [0, 1, 2])
    it(`lets one member leave in version ${version}, whose error is that of the answer`, async () => {
      expect(await leaveAlone(version)).to.deep.equal({ throttleTimeMs: 0, errorCode: 25, members: [] });
      expect(groups.asked).to.deep.equal([
        { leaveGroup: { groupId: 'g', members: [{ memberId: 'm', groupInstanceId: null, reason: null }] } },
      ]);
      groups.script.leaveGroup = async () => ({
        error: errors.NONE,
        members: [{ memberId: 'm', groupInstanceId: null, error: errors.NONE }],
      });
      expect((await leaveAlone(version)).errorCode).to.equal(0);
    });

  for (const version of [3, 4, 5])
    it(`lets many leave in version ${version}, each with its own error`, async () => {
      groups.script.leaveGroup = async () => ({
        error: errors.NONE,
        members: [
          { memberId: 'm', groupInstanceId: null, error: errors.NONE },
          { memberId: '', groupInstanceId: 'i', error: errors.FENCED_INSTANCE_ID },
        ],
      });
      const members = two.map((member) => ({ ...member, ...(version >= 5 ? { reason: 'done' } : {}) }));
      const answer = await ask(broker, leaveGroup, version, { groupId: 'g', members });
      expect(answer.errorCode).to.equal(0);
      expect(answer.members).to.deep.equal([
        { memberId: 'm', groupInstanceId: null, errorCode: 0 },
        { memberId: '', groupInstanceId: 'i', errorCode: 82 },
      ]);
      const reason = version < 5 ? null : 'done';
      expect(groups.asked).to.deep.equal([
        { leaveGroup: { groupId: 'g', members: two.map((member) => ({ ...member, reason })) } },
      ]);
    });

  it('tells an error of the group alone', async () => {
    groups.script.leaveGroup = async () => ({ error: errors.INVALID_GROUP_ID, members: [] });
    expect((await leaveAlone(1)).errorCode).to.equal(24);
    const answer = await ask(broker, leaveGroup, 5, { groupId: '', members: two });
    expect(answer).to.deep.equal({ throttleTimeMs: 0, errorCode: 24, members: [] });
  });

  it('says why the coordinator refuses', async () => {
    groups.script.leaveGroup = async () => {
      throw errors.NOT_COORDINATOR;
    };
    expect((await leaveAlone(0)).errorCode).to.equal(16);
    const answer = await ask(broker, leaveGroup, 4, { groupId: 'g', members: two });
    expect(answer).to.deep.equal({ throttleTimeMs: 0, errorCode: 16, members: [] });
  });
});
