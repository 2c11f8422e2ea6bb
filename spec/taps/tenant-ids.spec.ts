import { expect } from 'chai';
import { StrangeIds, TenantIds } from '../../lib/taps/tenant-ids';
import { zeroUuid } from '../../lib/uuid';

const orders = 'b3JkZXJzb3JkZXJzMTIzNA';
const secret = 'c2VjcmV0c2VjcmV0MTIzNA';

describe('TenantIds', () => {
  it('lets through what the tenant was told, and none of what others were told', () => {
    const strange = new StrangeIds();
    const [a, b] = [new TenantIds(strange), new TenantIds(strange)];
    a.learn(orders);
    b.learn(secret);
    expect(a.toBroker(orders)).to.equal(orders);
    expect(a.toBroker(secret)).not.to.equal(secret);
    expect(b.toBroker(secret)).to.equal(secret);
  });

  it('sends an id that no topic has, the same each time, and gives the client its own again', () => {
    const ids = new TenantIds(new StrangeIds());
    const sent = ids.toBroker(secret);
    expect(Buffer.from(sent, 'base64url').toString('hex')).to.match(/^f{24}0{8}$/);
    expect(ids.toBroker(secret)).to.equal(sent);
    expect(ids.toClient(sent)).to.equal(secret);
  });

  it('is not led to another id by one that stands for it', () => {
    const ids = new TenantIds(new StrangeIds());
    const sent = ids.toBroker(secret);
    expect(ids.toBroker(sent)).not.to.equal(sent);
    expect(ids.toBroker(sent)).not.to.equal(secret);
  });

  it('leaves the id of no topic alone', () => {
    const ids = new TenantIds(new StrangeIds());
    ids.learn(zeroUuid);
    expect(ids.toBroker(zeroUuid)).to.equal(zeroUuid);
  });
});

describe('StrangeIds', () => {
  it('forgets the oldest of very many', () => {
    const strange = new StrangeIds();
    const first = strange.substituteOf(orders);
    for (let i = 0; i < 10_000; i++) strange.substituteOf(`id ${i}`);
    expect(strange.originalOf(first)).to.equal(first);
    expect(strange.substituteOf('id 9999')).to.equal(strange.substituteOf('id 9999'));
  });
});
