import { expect } from 'chai';
import { heartbeat } from '../../lib/apis/heartbeat';
import { leaveGroup } from '../../lib/apis/leave-group';
import { produce } from '../../lib/apis/produce';
import { checkSelector, described, type Selector, select } from '../../lib/faults/selector';
import type { Api } from '../../lib/protocol/api';
import { requestOf } from '../support/stages';

const topicName = () => undefined;

describe('checkSelector', () => {
  it('lets pass what can be meant', () => {
    checkSelector({}, null);
    checkSelector({ topic: 'a', partition: 0, clientId: 'c', when: () => true }, [produce as Api]);
    checkSelector({ group: 'g', member: 'm' }, [heartbeat as Api]);
    checkSelector({ topic: 'a', group: 'g' }, null);
  });
});

describe('select', () => {
  const beat = requestOf(heartbeat as Api, { groupId: 'g', memberId: 'm', groupInstanceId: 'i' });
  const isMeant = (selector: Selector, apis: Api[] | null = null) => select(beat, apis, selector, topicName) !== null;

  it('wants all that is said', () => {
    expect(isMeant({})).to.equal(true);
    expect(isMeant({}, [produce as Api])).to.equal(false);
    expect(isMeant({ clientId: 'spec', group: 'g', member: 'm' }, [heartbeat as Api])).to.equal(true);
    for (const other of [{ clientId: 'x' }, { group: 'x' }, { member: 'x' }, { topic: 'x' }, { when: () => false }])
      expect(isMeant({ clientId: 'spec', group: 'g', member: 'm', ...other })).to.equal(false);
  });

  it('knows members by either of their ids, also among those who leave', () => {
    expect(isMeant({ member: 'i' })).to.equal(true);
    const leave = requestOf(leaveGroup as Api, {
      groupId: 'g',
      memberId: '',
      members: [{ memberId: 'm2', groupInstanceId: null }],
    });
    expect(select(leave, null, { member: 'm2' }, topicName)).not.to.equal(null);
    expect(select(leave, null, { member: 'm1' }, topicName)).to.equal(null);
  });
});

describe('described', () => {
  it('says what is meant', () => {
    expect(described(null, {})).to.equal('any request');
    const all = { topic: 'a', partition: 1, group: 'g', member: 'm', clientId: 'c', when: () => true };
    expect(described([produce as Api, heartbeat as Api], all)).to.equal(
      'Produce or Heartbeat of topic a-1 of group g of member m from client c when asked for',
    );
  });
});
