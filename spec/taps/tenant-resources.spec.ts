import { expect } from 'chai';
import { errors } from '../../lib/errors';
import type { Struct } from '../../lib/protocol/rewrite';
import { Tenant } from '../../lib/taps/tenant';
import { StrangeIds } from '../../lib/taps/tenant-ids';
import {
  refuseDeletingAll,
  resourceFieldOf,
  resourceToBroker,
  resourceToClient,
} from '../../lib/taps/tenant-resources';

const tenant = new Tenant('a-', new StrangeIds());

/** Each field of a struct as the broker, or the client, is told it. */
function all(struct: Struct, way: typeof resourceToBroker): unknown[] {
  return Object.entries(struct).map(([name, value]) => {
    const field = resourceFieldOf({ name });
    return field === null ? value : way(field, value, tenant, struct);
  });
}
const toBroker = (struct: Struct) => all(struct, resourceToBroker);
const toClient = (struct: Struct) => all(struct, resourceToClient);

describe('resourceToBroker', () => {
  it('names topics and groups of configurations, and leaves brokers and client metrics alone', () => {
    expect(toBroker({ resourceType: 2, resourceName: 't' })).to.deep.equal([2, 'a-t']);
    expect(toBroker({ resourceType: 32, resourceName: 'g' })).to.deep.equal([32, 'a-g']);
    for (const type of [4, 8, 16])
      expect(toBroker({ resourceType: type, resourceName: '1' })).to.deep.equal([type, '1']);
  });

  it('names topics, groups and transactions of ACLs, and leaves the cluster, tokens and users alone', () => {
    const acl = (type: number, name: string) =>
      toBroker({ resourceType: type, resourceName: name, resourcePatternType: 3 });
    for (const type of [2, 3, 5]) expect(acl(type, 'x')).to.deep.equal([type, 'a-x', 3]);
    for (const type of [4, 6, 7]) expect(acl(type, 'x')).to.deep.equal([type, 'x', 3]);
  });

  it('makes of an ACL for all names one for all names of the tenant', () => {
    expect(toBroker({ resourceType: 2, resourceName: '*', resourcePatternType: 3 })).to.deep.equal([2, 'a-', 4]);
    expect(toBroker({ resourceTypeFilter: 2, resourceNameFilter: '*', patternTypeFilter: 3 })).to.deep.equal([
      2,
      'a-',
      4,
    ]);
    expect(toBroker({ resourceType: 4, resourceName: '*', resourcePatternType: 3 })).to.deep.equal([4, '*', 3]);
  });
});

describe('resourceToClient', () => {
  it('is the way back', () => {
    expect(toClient({ resourceType: 2, resourceName: 'a-t', patternType: 3 })).to.deep.equal([2, 't', 3]);
    expect(toClient({ resourceType: 2, resourceName: 'a-', patternType: 4 })).to.deep.equal([2, '*', 3]);
    expect(toClient({ resourceType: 32, resourceName: 'a-g' })).to.deep.equal([32, 'g']);
    expect(toClient({ resourceType: 4, resourceName: '1' })).to.deep.equal([4, '1']);
  });

  it('is nothing for what is not the tenant’s', () => {
    expect(toClient({ resourceType: 2, resourceName: 'b-t', patternType: 3 })[1]).to.equal(null);
    expect(toClient({ resourceType: 2, resourceName: '*', patternType: 3 })[1]).to.equal(null);
  });
});

describe('refuseDeletingAll', () => {
  it('refuses filters that others’ ACLs match as well', () => {
    for (const type of [1, 2, 3, 5])
      expect(() => refuseDeletingAll({ resourceTypeFilter: type, resourceNameFilter: null }))
        .to.throw()
        .that.satisfies((error: typeof errors.INVALID_REQUEST) => error.is(errors.INVALID_REQUEST));
    const named = { resourceTypeFilter: 2, resourceNameFilter: 't' };
    expect(refuseDeletingAll(named)).to.equal(named);
    const cluster = { resourceTypeFilter: 4, resourceNameFilter: null };
    expect(refuseDeletingAll(cluster)).to.equal(cluster);
  });
});
