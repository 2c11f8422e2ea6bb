import { expect } from 'chai';
import { heartbeat } from '../../lib/apis/heartbeat';
import { errors } from '../../lib/errors';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

const body = { groupId: 'g', generationId: 3, memberId: 'm' };

describe('heartbeat', () => {
  let groups: ScriptedGroups;
  let broker: TestBroker;
  beforeEach(() => {
    groups = new ScriptedGroups();
    broker = new TestBroker({}, { groups });
  });

  for (const version of [0, 1, 2, 3, 4])
    it(`asks and answers as version ${version} does`, async () => {
      groups.script.heartbeat = async () => errors.REBALANCE_IN_PROGRESS;
      const asked = { ...body, ...(version >= 3 ? { groupInstanceId: 'i' } : {}) };
      expect(await ask(broker, heartbeat, version, asked)).to.deep.equal({ throttleTimeMs: 0, errorCode: 27 });
      expect(groups.asked).to.deep.equal([{ heartbeat: { ...body, groupInstanceId: version < 3 ? null : 'i' } }]);
    });

  it('says that all is well', async () => {
    groups.script.heartbeat = async () => errors.NONE;
    expect((await ask(broker, heartbeat, 4, body)).errorCode).to.equal(0);
  });

  it('says why the coordinator refuses', async () => {
    groups.script.heartbeat = async () => {
      throw errors.COORDINATOR_LOAD_IN_PROGRESS;
    };
    expect((await ask(broker, heartbeat, 4, body)).errorCode).to.equal(14);
  });
});
