import { expect } from 'chai';
import { orRefused } from '../../../lib/apis/shared/or-refused';
import { errors } from '../../../lib/errors';
import { rejected } from '../../support/thrown';

describe('orRefused', () => {
  it('gives what a promise gives', async () => {
    expect(await orRefused(Promise.resolve(7))).to.equal(7);
  });

  it('gives the KafkaError that it rejects with', async () => {
    expect(await orRefused(Promise.reject(errors.NOT_COORDINATOR))).to.equal(errors.NOT_COORDINATOR);
  });

  it('lets a bug go on its way', async () => {
    const bug = new TypeError('a bug');
    expect(await rejected(orRefused(Promise.reject(bug)))).to.equal(bug);
  });
});
