import { expect } from 'chai';
import { Refused, refused } from '../../lib/embedded/errors';
import { errors } from '../../lib/errors';

describe('Refused', () => {
  it("says what could not be done and why, with Kafka's name of the error as its code", () => {
    const error = new Refused('create topic a', errors.POLICY_VIOLATION.because('too many'));
    expect(error).to.be.instanceOf(Error).and.to.include({
      code: 'POLICY_VIOLATION',
      message: 'cannot create topic a: POLICY_VIOLATION, too many',
    });
    expect(new Refused('read', errors.OFFSET_OUT_OF_RANGE).message).to.equal('cannot read: OFFSET_OUT_OF_RANGE');
  });
});

describe('refused', () => {
  it('turns errors of the broker into Errors, and leaves others alone', () => {
    expect(refused('read', errors.UNKNOWN_TOPIC_ID)).to.be.instanceOf(Refused);
    const bug = new TypeError('bug');
    expect(refused('read', bug)).to.equal(bug);
  });
});
