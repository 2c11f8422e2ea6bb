import { expect } from 'chai';
import { groupNotFound } from '../../../lib/apis/shared/group-not-found';

describe('groupNotFound', () => {
  it('says that there is no such group', () => {
    expect(`${groupNotFound('g')}`).to.equal('GROUP_ID_NOT_FOUND: Group g not found.');
  });

  it('says that the group has another type', () => {
    expect(groupNotFound('g', 'consumer').message).to.equal('Group g is not a consumer group.');
    expect(groupNotFound('g', 'classic').message).to.equal('Group g is not a classic group.');
  });
});
