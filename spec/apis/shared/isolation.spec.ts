import { expect } from 'chai';
import { isolationOf } from '../../../lib/apis/shared/isolation';
import { KafkaError } from '../../../lib/errors';

describe('isolationOf', () => {
  it('knows the two levels that there are', () => {
    expect([0, 1].map(isolationOf)).to.deep.equal(['read_uncommitted', 'read_committed']);
  });

  it('refuses any other, saying which', () => {
    for (const level of [-1, 2]) {
      let refused: unknown;
      try {
        isolationOf(level);
      } catch (error) {
        refused = error;
      }
      expect(refused).to.be.instanceOf(KafkaError);
      expect(String(refused)).to.contain('INVALID_REQUEST').and.to.contain(String(level));
    }
  });
});
