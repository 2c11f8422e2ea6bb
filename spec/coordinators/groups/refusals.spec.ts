import { expect } from 'chai';
import {
  refusedConsumerHeartbeat,
  refusedJoin,
  refusedLeave,
  refusedSync,
} from '../../../lib/coordinators/groups/refusals';
import { errors } from '../../../lib/errors';

const error = errors.UNKNOWN_MEMBER_ID;

describe('refusals', () => {
  it('carry the error, and nothing that could be taken for a member', () => {
    const [join, sync, heartbeat] = [refusedJoin(error, 'm'), refusedSync(error), refusedConsumerHeartbeat(error)];
    for (const refused of [join, sync, heartbeat]) expect(refused.error).to.equal(error);
    expect([join.memberId, join.generationId, join.leader, join.members]).to.deep.equal(['m', -1, '', []]);
    expect(sync.assignment).to.have.length(0);
    expect([heartbeat.memberEpoch, heartbeat.assignment]).to.deep.equal([0, null]);
  });

  it('answer everybody who wanted to leave, and the request as a whole with NONE', () => {
    const members = ['a', 'b'].map((memberId) => ({ memberId, groupInstanceId: null, reason: null }));
    expect(refusedLeave({ groupId: 'g', members }, error)).to.deep.equal({
      error: errors.NONE,
      members: ['a', 'b'].map((memberId) => ({ memberId, groupInstanceId: null, error })),
    });
  });
});
