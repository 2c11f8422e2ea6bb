import { expect } from 'chai';
import { loadConfig } from '../../../lib/config';
import { newConsumerGroup, newConsumerMember } from '../../../lib/coordinators/groups/consumer-group';
import { groupEpochRecord, memberRecord } from '../../../lib/coordinators/groups/consumer-records';
import { ConsumerTurn } from '../../../lib/coordinators/groups/consumer-turn';
import { cluster } from '../../support/consumer-table';

const world = { nowMs: 1000, config: loadConfig({}), image: cluster({}) };
const group = { ...newConsumerGroup('group'), groupEpoch: 2 };
const member = newConsumerMember('m');

describe('ConsumerTurn', () => {
  it('gives back the very group where nothing happened', () => {
    expect(new ConsumerTurn(group, world).end()).to.deep.equal({ group, effects: [] });
    expect(new ConsumerTurn(group, world).end().group).to.equal(group);
  });

  it('folds what it writes at once, and writes it as one batch in front of all else', () => {
    const turn = new ConsumerTurn(group, world);
    turn.tell('something');
    turn.write([memberRecord('group', member)]);
    expect(turn.group.members.size).to.equal(1);
    turn.write([]);
    turn.write([groupEpochRecord('group', 3, 0)]);
    turn.answer({ number: 4 }, 'yes');
    const { group: after, effects } = turn.end();
    expect(after!.groupEpoch).to.equal(3);
    expect(effects).to.deep.equal([
      { do: 'write', records: [memberRecord('group', member), groupEpochRecord('group', 3, 0)] },
      { do: 'tell', message: 'something' },
      { do: 'answer', ticket: { number: 4 }, answer: 'yes' },
    ]);
  });

  it('arms the session of a member by its protocol', () => {
    const turn = new ConsumerTurn(group, world);
    turn.armSession(member);
    turn.armSession({ ...member, classic: { sessionTimeoutMs: 7000, supportedProtocols: [] } });
    turn.armRevoke({ ...member, rebalanceTimeoutMs: -1 });
    turn.disarm('m');
    const timer = (kind: string) => ({ kind, member: 'm' });
    expect(turn.end().effects).to.deep.equal([
      { do: 'arm', timer: timer('session'), ms: 45_000 },
      { do: 'arm', timer: timer('session'), ms: 7000 },
      { do: 'arm', timer: timer('revoke'), ms: 0 },
      { do: 'disarm', timer: timer('session') },
      { do: 'disarm', timer: timer('revoke') },
    ]);
  });

  it('gives no group where nothing of it is in the log', () => {
    expect(new ConsumerTurn(newConsumerGroup('group'), world).end().group).to.equal(null);
  });

  it('notes which cluster it has seen, without writing', () => {
    const turn = new ConsumerTurn(group, world);
    turn.hasSeenTopics();
    expect(turn.end()).to.deep.equal({ group: { ...group, seen: world.image }, effects: [] });
  });
});
