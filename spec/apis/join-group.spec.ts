import { expect } from 'chai';
import { joinGroup } from '../../lib/apis/join-group';
import type { JoinAnswer } from '../../lib/coordinators/groups/requests';
import { type ErrorName, errors } from '../../lib/errors';
import { ScriptedGroups } from '../support/scripted-groups';
import { ask, TestBroker } from '../support/services';

const body = {
  groupId: 'g',
  sessionTimeoutMs: 6000,
  memberId: 'm',
  protocolType: 'consumer',
  protocols: [
    { name: 'range', metadata: Buffer.from('r') },
    { name: 'sticky', metadata: Buffer.from('s') },
  ],
};
const later = { rebalanceTimeoutMs: 60_000, groupInstanceId: 'i', reason: 'why not' };
const versions = Array.from({ length: 10 }, (_, version) => version);
/** What a version can say of all that there is to say. */
const bodyOf = (version: number) => ({
  ...body,
  ...(version >= 1 ? { rebalanceTimeoutMs: later.rebalanceTimeoutMs } : {}),
  ...(version >= 5 ? { groupInstanceId: later.groupInstanceId } : {}),
  ...(version >= 8 ? { reason: later.reason } : {}),
});

const stable: JoinAnswer = {
  error: errors.NONE,
  memberId: 'm',
  generationId: 3,
  protocolType: 'consumer',
  protocolName: 'range',
  leader: 'm',
  skipAssignment: true,
  members: [{ memberId: 'm', groupInstanceId: 'i', metadata: Buffer.from('r') }],
};

describe('joinGroup', () => {
  let groups: ScriptedGroups;
  let broker: TestBroker;
  beforeEach(() => {
    groups = new ScriptedGroups();
    broker = new TestBroker({}, { groups });
  });
  const join = (version: number, clientId: string | null = 'spec') =>
    ask(broker, joinGroup, version, bodyOf(version), { clientId });
  const refuses = (name: ErrorName) => {
    groups.script.joinGroup = async () => {
      throw errors[name];
    };
  };

  for (const version of versions)
    it(`asks as version ${version} does`, async () => {
      await join(version);
      expect(groups.asked).to.deep.equal([
        {
          joinGroup: {
            ...body,
            groupInstanceId: version < 5 ? null : 'i',
            rebalanceTimeoutMs: version < 1 ? 6000 : 60_000,
            client: { clientId: 'spec', clientHost: '/127.0.0.1' },
            requiresKnownMemberId: version >= 4,
            canSkipAssignment: version >= 9,
            reason: version < 8 ? null : 'why not',
          },
        },
      ]);
    });

  it('asks for a client without a name as well', async () => {
    await join(9, null);
    expect(groups.asked[0]).to.have.nested.property('joinGroup.client.clientId', '');
  });

  for (const version of versions)
    it(`answers as version ${version} can`, async () => {
      groups.script.joinGroup = async () => stable;
      expect(await join(version)).to.deep.equal({
        throttleTimeMs: 0,
        errorCode: 0,
        generationId: 3,
        protocolType: version < 7 ? null : 'consumer',
        protocolName: 'range',
        leader: 'm',
        skipAssignment: version >= 9,
        memberId: 'm',
        members: [{ memberId: 'm', groupInstanceId: version < 5 ? null : 'i', metadata: Buffer.from('r') }],
      });
    });

  it('has no protocol with an error: an empty name up to version 6, then null', async () => {
    groups.script.joinGroup = async () => ({
      error: errors.MEMBER_ID_REQUIRED,
      memberId: 'spec-1',
      generationId: -1,
      protocolType: null,
      protocolName: null,
      leader: '',
      skipAssignment: false,
      members: [],
    });
    const nothing = { throttleTimeMs: 0, generationId: -1, leader: '', skipAssignment: false, members: [] };
    const answer = { ...nothing, errorCode: 79, memberId: 'spec-1', protocolType: null };
    expect(await join(6)).to.deep.equal({ ...answer, protocolName: '' });
    expect(await join(7)).to.deep.equal({ ...answer, protocolName: null });
  });

  it('has no protocol where the coordinator refuses either, and keeps the id of the member', async () => {
    refuses('COORDINATOR_LOAD_IN_PROGRESS');
    const nothing = { errorCode: 14, generationId: -1, leader: '', memberId: 'm', members: [] };
    expect(await join(0)).to.deep.include({ ...nothing, protocolName: '' });
    expect(await join(6)).to.deep.include({ ...nothing, protocolName: '' });
    expect(await join(9)).to.deep.include({ ...nothing, protocolName: null, protocolType: null });
  });
});
