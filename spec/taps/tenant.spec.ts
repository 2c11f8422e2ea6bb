import { expect } from 'chai';
import { Tenant } from '../../lib/taps/tenant';
import { StrangeIds } from '../../lib/taps/tenant-ids';

describe('Tenant', () => {
  const tenant = new Tenant('a-', new StrangeIds());

  it('names things with its prefix to the broker, and without it to its clients', () => {
    expect(tenant.toBroker('orders')).to.equal('a-orders');
    expect(tenant.toClient('a-orders')).to.equal('orders');
  });

  it('knows what is not its own', () => {
    expect(tenant.toClient('b-orders')).to.equal(null);
    expect(tenant.toClient('__consumer_offsets')).to.equal(null);
  });
});
