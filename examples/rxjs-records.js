/**
 * An RxJS pipeline over the records of a topic: sums per customer that follow what is written, without a client.
 *
 *     node examples/rxjs-records.js
 *
 * The broker is in this process, with data of its own, and gone at the end.
 */
const { filter, from, groupBy, map, mergeMap, scan, take } = require('rxjs');
const { createBroker } = require('millrace');

async function main() {
  const broker = await createBroker({ topics: ['orders'] });

  // Each subscription reads from the beginning and goes on with what comes; unsubscribing (here by take) ends it.
  const sums$ = from(broker.records('orders', { follow: true })).pipe(
    map(({ key, value }) => ({ customer: key.toString(), amount: Number(value) })),
    filter(({ amount }) => amount > 0),
    groupBy(({ customer }) => customer),
    mergeMap((orders$) =>
      orders$.pipe(scan((sum, { customer, amount }) => ({ customer, total: sum.total + amount }), { total: 0 })),
    ),
    take(4),
  );
  const done = new Promise((resolve, reject) => {
    sums$.subscribe({
      next: ({ customer, total }) => console.log(`${customer} has ordered for ${total}`),
      error: reject,
      complete: resolve,
    });
  });

  await broker.produce('orders', [
    { key: 'ann', value: '10' },
    { key: 'bob', value: '7' },
    { key: 'bob', value: '-1' },
  ]);
  await broker.produce('orders', [
    { key: 'ann', value: '5' },
    { key: 'bob', value: '1' },
  ]);
  await done;
  await broker.close();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
