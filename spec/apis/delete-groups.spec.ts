import { expect } from 'chai';
import { deleteGroups } from '../../lib/apis/delete-groups';
import { errors } from '../../lib/errors';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

describe('deleteGroups', () => {
  let groups: ScriptedGroups;
  let broker: TestBroker;
  beforeEach(() => {
    groups = new ScriptedGroups();
    broker = new TestBroker({}, { groups });
  });
  const remove = async (version: number, ...groupsNames: string[]) =>
    (await ask(broker, deleteGroups, version, { groupsNames })).results;

  for (const version of [0, 1, 2, 3])
    it(`deletes groups one by one in version ${version}`, async () => {
      groups.script.deleteGroup = async (groupId) => {
        if (groupId === 'loading') throw errors.COORDINATOR_LOAD_IN_PROGRESS;
        if (groupId === 'busy') throw errors.NON_EMPTY_GROUP.because('somebody is in it');
        return errors.NONE;
      };
      expect(await remove(version, 'empty', 'busy', 'loading')).to.deep.equal([
        { groupId: 'empty', errorCode: 0, errorMessage: null },
        { groupId: 'busy', errorCode: 68, errorMessage: null },
        { groupId: 'loading', errorCode: 14, errorMessage: null },
      ]);
      expect(groups.asked).to.deep.equal(['empty', 'busy', 'loading'].map((deleteGroup) => ({ deleteGroup })));
    });

  it('asks for any name, even the empty one', async () => {
    expect(await remove(2, '')).to.deep.equal([{ groupId: '', errorCode: 69, errorMessage: null }]);
  });

  it('deletes a group that comes twice once', async () => {
    expect((await remove(2, 'a', 'b', 'a')).map(({ groupId }) => groupId)).to.deep.equal(['a', 'b']);
    expect(groups.asked).to.have.length(2);
  });
});
