import { expect } from 'chai';
import { readSubscription, writeSubscription } from '../../../lib/protocol/consumer-protocol';
import { idKindOf } from '../../../lib/replay/ids/id-kinds';
import { LearnedIds, nowhere } from '../../../lib/replay/ids/learned-ids';
import { rewriteOpaque } from '../../../lib/replay/ids/opaque-ids';

const old = 'app-3a00f15a-fddf-454c-8eb5-80064ce219ec';
const now = 'app-00000000-1111-2222-3333-444444444444';
const place = { ...nowhere, group: 'g' };

function learned(): LearnedIds {
  const ids = new LearnedIds();
  ids.learn(idKindOf('', 'memberId', 'string')!, nowhere, old, now);
  ids.learn(idKindOf('', 'generationId', 'int32')!, place, 3, 9);
  return ids;
}

describe('rewriteOpaque', () => {
  it('puts the generation into a Subscription, and keeps the rest of it', () => {
    const before = { topics: ['t'], ownedPartitions: [{ topic: 't', partitions: [1] }], generationId: 3, rackId: null };
    const made = rewriteOpaque('metadata', writeSubscription(before, 3), place, learned());
    expect(readSubscription(made)).to.include({ generationId: 9, version: 3 });
    expect(readSubscription(made)!.ownedPartitions).to.deep.equal(before.ownedPartitions);
  });

  it('puts member ids of the same length wherever they stand', () => {
    const bytes = (id: string) => Buffer.from(`\x00\x01{"leader":"${id}"}\xff`, 'latin1');
    expect(rewriteOpaque('assignment', bytes(old), place, learned()).equals(bytes(now))).to.equal(true);
  });

  it('leaves ids that nobody has learned, and those that have another length', () => {
    const ids = new LearnedIds();
    const bytes = Buffer.from(old);
    expect(rewriteOpaque('assignment', bytes, place, ids)).to.equal(bytes);
    ids.learn(idKindOf('', 'memberId', 'string')!, nowhere, old, 'short');
    expect(rewriteOpaque('assignment', bytes, place, ids)).to.equal(bytes);
  });

  it('leaves other fields, and what cannot be read', () => {
    const bytes = Buffer.from(old);
    expect(rewriteOpaque('authBytes', bytes, place, learned())).to.equal(bytes);
    const broken = Buffer.from('0003ffff', 'hex');
    expect(rewriteOpaque('metadata', broken, place, learned())).to.equal(broken);
  });
});
