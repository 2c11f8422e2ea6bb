import { expect } from 'chai';
import fc from 'fast-check';
import { cluster } from '../../support/consumer-table';
import { ClassicClient, type Client, checkOwners, MixedTable, ModernClient, settle } from '../../support/mixed-table';

/** What happens: somebody acts, comes, goes, is killed, changes its protocol; time passes; the broker starts again. */
type Happening =
  | { readonly is: 'acts'; readonly who: number }
  | { readonly is: 'comes'; readonly isModern: boolean; readonly isStatic: boolean }
  | { readonly is: 'goes' | 'dies' | 'swaps'; readonly who: number }
  | { readonly is: 'passes'; readonly ms: number }
  | { readonly is: 'restarts' };

const who = fc.nat(20);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ is: fc.constant('acts' as const), who }) },
  {
    weight: 3,
    arbitrary: fc.record({ is: fc.constant('comes' as const), isModern: fc.boolean(), isStatic: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constantFrom('goes' as const, 'dies' as const, 'swaps' as const), who }) },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('passes' as const), ms: fc.integer({ min: 1, max: 3000 }) }) },
  { weight: 1, arbitrary: fc.constant({ is: 'restarts' as const }) },
);

const topics = { a: 6, b: 3 };
const partitions = 9;

function live(happenings: readonly Happening[], isCooperative: boolean, policy: string): void {
  const table = new MixedTable({
    image: cluster(topics),
    config: { 'group.consumer.migration.policy': policy },
  });
  const clients: Client[] = [];
  let count = 0;
  const come = (isModern: boolean, isStatic: boolean, of: string | null = null) => {
    const id = `${++count}`;
    const instanceId = of ?? (isStatic ? `i${id}` : null);
    const names = Object.keys(topics);
    const client = isModern
      ? new ModernClient(table, `m${id}`, names, instanceId)
      : new ClassicClient(table, names, isCooperative, instanceId);
    clients.push(client);
    return client;
  };
  const check = () => {
    checkOwners(clients);
    table.checkFolded();
  };
  come(false, false);
  for (const one of happenings) {
    if (one.is === 'comes') come(one.isModern, one.isStatic);
    if (one.is === 'acts') clients[one.who % clients.length]?.act();
    if (one.is === 'goes' || one.is === 'dies') {
      const [client] = clients.splice(one.who % Math.max(1, clients.length), 1);
      if (one.is === 'goes') client?.leave();
    }
    if (one.is === 'swaps') {
      // A static member is started again as one of the other protocol.
      const [client] = clients.splice(one.who % Math.max(1, clients.length), 1);
      if (client instanceof ModernClient) client.leave(client.instanceId === null ? -1 : -2);
      if (client !== undefined) come(client instanceof ClassicClient, false, client.instanceId);
    }
    if (one.is === 'passes') {
      table.pass(one.ms);
      for (const client of clients) client.act();
    }
    if (one.is === 'restarts') {
      table.reload();
      // Whoever waited is cut off, and begins anew.
      for (const client of clients) if (client instanceof ClassicClient) client.reconnect();
    }
    check();
  }
  if (clients.length === 0) return;
  // The dead are expelled after their session timeout, and those who are there are there.
  for (let ms = 0; ms < 100_000; ms += 2500) {
    table.pass(2500);
    for (const client of clients) client.act();
    check();
  }
  settle(table, clients, partitions);
  const modern = clients.filter((client) => client instanceof ModernClient);
  if (policy === 'bidirectional') expect(table.group?.type).to.equal(modern.length > 0 ? 'consumer' : 'classic');
}

describe('stepConsumerGroup and stepUpgrade', () => {
  for (const policy of ['bidirectional', 'upgrade'])
    for (const isCooperative of [true, false])
      it(`give each partition to one member at a time: ${isCooperative ? 'cooperative' : 'eager'}, ${policy}`, () => {
        fc.assert(
          fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => live(happenings, isCooperative, policy)),
          { numRuns: 40 },
        );
      }).timeout(60_000);
});
