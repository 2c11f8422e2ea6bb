/**
 * What @platformatic/kafka does when things go wrong: the faults of `broker.faults`, each against the client as it comes. The
 * same for kafkajs is examples/faults.spec.js; clients/faults.md has both in a table.
 */
import { expect } from 'chai';
import { pino } from 'pino';
import { fetch, heartbeat, metadata, produce } from '../../lib/apis';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { errors } from '../../lib/errors';
import { run } from '../support/child';
import { clientsRequired } from '../support/conformance';
import type { FaultJob, FaultOutcome } from './clients/fault-job';
import { platformatic, platformaticNode } from './clients/platformatic';

const program = require.resolve('./clients/platformatic-faults.mts');

async function ask(bootstrap: string, job: FaultJob): Promise<FaultOutcome> {
  const stdin = JSON.stringify({ bootstrap, ...job });
  const { stdout } = await run(platformaticNode, ['--disable-warning=ExperimentalWarning', program], { stdin });
  return JSON.parse(String(stdout));
}

describe('@platformatic/kafka, when', function () {
  this.timeout(30_000);
  const missing = platformatic.missing();
  if (missing !== null) {
    if (!clientsRequired()) it.skip(missing);
    else
      it('is installed', () => {
        throw new Error(missing);
      });
    return;
  }
  let broker: Broker;
  let bootstrap: string;
  before(async () => {
    const logger = pino({ level: 'silent' });
    broker = await createBroker({ logger, topics: ['orders', { name: 'invoices', partitions: 2 }] });
    ({ bootstrap } = await broker.listen());
  });
  after(() => broker?.close());
  afterEach(async () => {
    expect(broker.faults.unfired.map(String), 'faults that did not happen').to.deep.equal([]);
    await broker.reset();
  });

  const values = async (topic: string) => (await broker.records(topic).toArray()).map(({ value }) => String(value));
  const send = (...list: [topic: string, value: string, partition?: number][]) =>
    list.map(([topic, value, partition = 0]) => ({ topic, value, partition }));
  const sending = (...sends: ReturnType<typeof send>[]) => ask(bootstrap, { do: 'produce', sends, idempotent: false });
  const reading = (until: string) => ask(bootstrap, { do: 'consume', topic: 'orders', until });

  it('replicas are missing: sends again until they are there', async () => {
    broker.faults.on(produce, { topic: 'orders' }).times(3).fail(errors.NOT_ENOUGH_REPLICAS);
    expect((await sending(send(['orders', 'one']))).error).to.equal(null);
    expect(await values('orders')).to.deep.equal(['one']);
  });

  it('one topic of two fails for good: the other is written, and the error names the code', async () => {
    broker.faults.on(produce, { topic: 'orders' }).fail(errors.TOPIC_AUTHORIZATION_FAILED);
    const { error } = await sending(send(['orders', 'one'], ['invoices', 'one']));
    expect(error).to.include('TOPIC_AUTHORIZATION_FAILED');
    expect([await values('orders'), await values('invoices')]).to.deep.equal([[], ['one']]);
  });

  it('the reply is lost behind the append: sends again, and the record is there twice', async () => {
    broker.faults.on(produce, { topic: 'orders' }).loseReply();
    expect((await sending(send(['orders', 'one']))).error).to.equal(null);
    expect(await values('orders')).to.deep.equal(['one', 'one']);
  });

  it('the reply is lost, and the producer is idempotent: the record is there once', async () => {
    broker.faults.on(produce, { topic: 'orders' }).loseReply();
    const { error } = await ask(bootstrap, { do: 'produce', sends: [send(['orders', 'one'])], idempotent: true });
    expect(error).to.equal(null);
    expect(await values('orders')).to.deep.equal(['one']);
  });

  it('the connection drops at its first request: connects again', async () => {
    broker.faults.on({ clientId: 'shop' }).drop();
    expect((await sending(send(['orders', 'one']))).error).to.equal(null);
    expect(await values('orders')).to.deep.equal(['one']);
  });

  it('the leader of a partition moves: sends again', async () => {
    const moved = await broker.faults.moveLeader('orders');
    expect((await sending(send(['orders', 'one']))).error).to.equal(null);
    expect(moved.fired).to.be.greaterThan(0);
    expect(await values('orders')).to.deep.equal(['one']);
  });

  it('the disk is full: gives up after its retries, and from then on on the whole topic', async () => {
    broker.faults.disk({ on: 'write', error: 'ENOSPC', topic: 'invoices', partition: 0 });
    const { error } = await sending(send(['invoices', 'one']));
    expect(error).to.include('KAFKA_STORAGE_ERROR');
    const other = await sending(send(['invoices', 'two', 1]));
    expect(other.error, 'of a partition that is well').to.include('LEADER_NOT_AVAILABLE');
  });

  it('metadata comes late: waits for it', async () => {
    broker.faults.on(metadata).delay('200 ms');
    const { error, tookMs } = await sending(send(['orders', 'one']));
    expect(error).to.equal(null);
    expect(tookMs).to.be.at.least(200);
  });

  it('fetches fail: asks again', async () => {
    await broker.produce('orders', ['one']);
    broker.faults.on(fetch, { topic: 'orders' }).times(2).fail(errors.NOT_LEADER_OR_FOLLOWER);
    expect(await reading('one')).to.deep.include({ seen: ['one'], error: null });
  });

  it('a heartbeat finds another coordinator: joins again', async () => {
    await broker.produce('orders', ['one']);
    const fault = broker.faults.on(heartbeat, { group: 'readers' }).fail(errors.NOT_COORDINATOR);
    const outcome = reading('two');
    await fault.over;
    await broker.produce('orders', ['two']);
    const { seen, error } = await outcome;
    expect(error).to.equal(null);
    expect(seen.at(-1)).to.equal('two');
  });
});
