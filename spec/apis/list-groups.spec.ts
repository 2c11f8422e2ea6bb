import { expect } from 'chai';
import { listGroups } from '../../lib/apis/list-groups';
import type { ListedGroup } from '../../lib/coordinators/groups/requests';
import { errors } from '../../lib/errors';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

const all: ListedGroup[] = [
  { groupId: 'simple', protocolType: '', state: 'Empty', type: 'classic' },
  { groupId: 'classic', protocolType: 'consumer', state: 'PreparingRebalance', type: 'classic' },
  { groupId: 'consumer', protocolType: 'consumer', state: 'Stable', type: 'consumer' },
];

describe('listGroups', () => {
  let groups: ScriptedGroups;
  let broker: TestBroker;
  beforeEach(() => {
    groups = new ScriptedGroups();
    groups.script.listGroups = async () => all;
    broker = new TestBroker({}, { groups });
  });
  const names = async (version: number, filters: { statesFilter?: string[]; typesFilter?: string[] }) =>
    (await ask(broker, listGroups, version, filters)).groups.map(({ groupId }) => groupId);

  for (const version of [0, 1, 2, 3, 4, 5])
    it(`lists groups as version ${version} does`, async () => {
      expect(await ask(broker, listGroups, version, {})).to.deep.equal({
        throttleTimeMs: 0,
        errorCode: 0,
        groups: all.map(({ groupId, protocolType, state, type }) => ({
          groupId,
          protocolType,
          groupState: version < 4 ? '' : state,
          groupType: version < 5 ? '' : type,
        })),
      });
    });

  it('lists those in a state, whatever the case of its letters', async () => {
    expect(await names(4, { statesFilter: ['preparingrebalance'] })).to.deep.equal(['classic']);
    expect(await names(5, { statesFilter: ['EMPTY', ' Stable '] })).to.deep.equal(['simple', 'consumer']);
  });

  it('lists those of a type, whatever the case of its letters', async () => {
    expect(await names(5, { typesFilter: ['Classic'] })).to.deep.equal(['simple', 'classic']);
    expect(await names(5, { typesFilter: ['consumer', 'share'], statesFilter: ['Stable'] })).to.deep.equal([
      'consumer',
    ]);
  });

  it('finds nothing in a state or of a type that does not exist', async () => {
    expect(await names(4, { statesFilter: ['Bored'] })).to.deep.equal([]);
    expect(await names(5, { typesFilter: [''] })).to.deep.equal([]);
    expect(await names(5, { typesFilter: ['queue', 'classic'] })).to.deep.equal(['simple', 'classic']);
  });

  it('has no list while a part of the groups is being loaded', async () => {
    groups.script.listGroups = async () => {
      throw errors.COORDINATOR_LOAD_IN_PROGRESS;
    };
    expect(await ask(broker, listGroups, 5, {})).to.deep.equal({ throttleTimeMs: 0, errorCode: 14, groups: [] });
  });
});
