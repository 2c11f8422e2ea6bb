import { expect } from 'chai';
import { clientOf } from '../../../lib/apis/shared/client';
import { scopeOf } from '../../support/services';

describe('clientOf', () => {
  it('has the address with a slash, as Kafka keeps it', () => {
    expect(clientOf(scopeOf(0))).to.deep.equal({ clientId: 'spec', clientHost: '/127.0.0.1' });
  });

  it('has an empty name for a client without one', () => {
    expect(clientOf(scopeOf(0, { clientId: null })).clientId).to.equal('');
  });
});
