import { expect } from 'chai';
import { errors, KafkaError } from '../../lib/errors';
import { RecordsRefused } from '../../lib/records/records-refused';

describe('RecordsRefused', () => {
  const refused = new RecordsRefused(errors.INVALID_TIMESTAMP, '1 of 2 records refused', [
    { batchIndex: 1, batchIndexErrorMessage: 'timestamp 7 is not within 8 and 9' },
  ]);

  it('is the error that it names, with the records at fault', () => {
    expect(refused).to.be.instanceOf(KafkaError);
    expect(refused.is(errors.INVALID_TIMESTAMP)).to.equal(true);
    expect([refused.name, refused.code, refused.retriable]).to.deep.equal(['INVALID_TIMESTAMP', 32, false]);
    expect(String(refused)).to.equal('INVALID_TIMESTAMP: 1 of 2 records refused');
    expect(refused.recordErrors).to.have.length(1);
  });

  it('is frozen, as every KafkaError is', () => {
    expect(Object.isFrozen(refused)).to.equal(true);
    expect(Object.isFrozen(errors.NONE.because('x'))).to.equal(true);
  });
});
