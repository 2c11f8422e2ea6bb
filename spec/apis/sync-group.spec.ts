import { expect } from 'chai';
import { syncGroup } from '../../lib/apis/sync-group';
import { errors } from '../../lib/errors';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

const assignments = [{ memberId: 'm', assignment: Buffer.from('a') }];
const body = { groupId: 'g', generationId: 3, memberId: 'm', assignments };
const bodyOf = (version: number) => ({
  ...body,
  ...(version >= 3 ? { groupInstanceId: 'i' } : {}),
  ...(version >= 5 ? { protocolType: 'consumer', protocolName: 'range' } : {}),
});

describe('syncGroup', () => {
  let groups: ScriptedGroups;
  let broker: TestBroker;
  beforeEach(() => {
    groups = new ScriptedGroups();
    broker = new TestBroker({}, { groups });
  });

  for (const version of [0, 1, 2, 3, 4, 5])
    it(`asks and answers as version ${version} does`, async () => {
      groups.script.syncGroup = async () => ({
        error: errors.NONE,
        protocolType: 'consumer',
        protocolName: 'range',
        assignment: Buffer.from('a'),
      });
      const answer = await ask(broker, syncGroup, version, bodyOf(version));
      const said = version < 5 ? undefined : { protocolType: 'consumer', protocolName: 'range' };
      const groupInstanceId = version < 3 ? null : 'i';
      const protocol = { protocolType: said?.protocolType, protocolName: said?.protocolName };
      expect(groups.asked).to.deep.equal([{ syncGroup: { ...body, groupInstanceId, ...protocol } }]);
      expect(answer).to.deep.equal({
        throttleTimeMs: 0,
        errorCode: 0,
        protocolType: said?.protocolType ?? null,
        protocolName: said?.protocolName ?? null,
        assignment: Buffer.from('a'),
      });
    });

  it('demands protocol type and name from version 5 on', async () => {
    for (const lacking of [{ protocolType: null }, { protocolName: null }])
      expect((await ask(broker, syncGroup, 5, { ...bodyOf(5), ...lacking })).errorCode).to.equal(23);
    expect(groups.asked).to.deep.equal([]);
  });

  it('tells errors with an empty assignment', async () => {
    const error = { protocolType: null, protocolName: null, assignment: Buffer.alloc(0) };
    const unknown = await ask(broker, syncGroup, 5, bodyOf(5));
    expect(unknown).to.deep.equal({ throttleTimeMs: 0, errorCode: 25, ...error });
    groups.script.syncGroup = async () => {
      throw errors.NOT_COORDINATOR;
    };
    expect(await ask(broker, syncGroup, 5, bodyOf(5))).to.deep.equal({ ...unknown, errorCode: 16 });
  });
});
