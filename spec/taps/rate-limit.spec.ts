import { duplexPair } from 'node:stream';
import { expect } from 'chai';
import { fetch } from '../../lib/apis/fetch';
import { metadata } from '../../lib/apis/metadata';
import { produce } from '../../lib/apis/produce';
import { type RateLimitOptions, rateLimit } from '../../lib/taps/rate-limit';
import { UsageError } from '../../lib/usage';
import { batchOf, Tapped } from '../support/tapped';
import { Wire } from '../support/wire';

describe('rateLimit', () => {
  let tapped: Tapped | null = null;
  const wires: Wire[] = [];
  afterEach(async () => {
    for (const wire of wires.splice(0)) wire.close();
    await tapped?.close();
    tapped = null;
  });

  async function open(options: RateLimitOptions): Promise<Tapped> {
    tapped = await Tapped.open(rateLimit(options));
    return tapped;
  }
  function connect(): Wire {
    const [client, server] = duplexPair();
    tapped!.broker.handle(server);
    const wire = new Wire(client);
    wires.push(wire);
    return wire;
  }
  const ask = (wire: Wire) => wire.request(metadata, 12, { topics: [] });
  const write = (wire: Wire, value: string) => {
    const topicData = [{ name: 'a', partitionData: [{ index: 0, records: batchOf([value]) }] }];
    return wire.request(produce, 9, { acks: 1, timeoutMs: 1000, topicData });
  };

  /** Whether it is there already, without any time passing. */
  async function isThere(answer: Promise<unknown>): Promise<boolean> {
    let is = false;
    answer.then(() => (is = true)).catch(() => {});
    await tapped!.clock.advance(0);
    return is;
  }

  it('answers who is over the limit at once, says how long to wait, and takes nothing more until then', async () => {
    const { clock } = await open({ requestsPerSecond: 10 });
    const wire = connect();
    for (let i = 0; i < 10; i++) expect((await ask(wire)).throttleTimeMs).to.equal(0);
    expect((await ask(wire)).throttleTimeMs).to.equal(100);
    const next = ask(wire);
    expect(await isThere(next)).to.equal(false);
    await clock.advance(99);
    expect(await isThere(next)).to.equal(false);
    await clock.advance(1);
    expect((await next).throttleTimeMs, 'the one before is repaid').to.equal(100);
  });

  it('limits a client on all of its connections together, and others by themselves', async () => {
    await open({ requestsPerSecond: 2, by: ({ header }) => `${header.clientId}` });
    const [one, two] = [connect(), connect()];
    await ask(one);
    await ask(two);
    expect([(await ask(one)).throttleTimeMs, (await ask(two)).throttleTimeMs]).to.deep.equal([500, 1000]);
    const other = await tapped!.broker.inject(metadata, 12, { topics: [] });
    expect(other.throttleTimeMs).to.equal(0);
  });

  it('counts all of a principal together', async () => {
    await open({ requestsPerSecond: 1, by: 'principal' });
    await ask(connect());
    expect((await tapped!.broker.inject(metadata, 12, { topics: [] })).throttleTimeMs).to.equal(1000);
  });

  it('counts the bytes of Produce', async () => {
    const { broker } = await open({ produceBytesPerSecond: 1000, burstSeconds: 2 });
    const wire = connect();
    expect((await write(wire, 'x'.repeat(1000))).throttleTimeMs).to.equal(0);
    const { throttleTimeMs, responses } = await write(wire, 'x'.repeat(2000));
    expect(throttleTimeMs).to.be.within(1000, 1500);
    expect(responses[0]!.partitionResponses[0]!.baseOffset, 'it is in the log').to.equal(1);
    expect((await broker.inject(metadata, 12, { topics: [] })).throttleTimeMs, 'other APIs are free').to.equal(0);
  });

  it('counts the bytes of Fetch: the answer goes out whole, and what comes behind it waits', async () => {
    const { broker, clock } = await open({ fetchBytesPerSecond: 1000 });
    await broker.produce('a', ['x'.repeat(3000)]);
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1e6 }];
    const wire = connect();
    const read = () => wire.request(fetch, 12, { maxWaitMs: 0, minBytes: 1, topics: [{ topic: 'a', partitions }] });
    const first = await read();
    expect(first.responses[0]!.partitions[0]!.records!.length).to.be.greaterThan(3000);
    expect(first.throttleTimeMs).to.be.within(2000, 2200);
    const next = ask(wire);
    expect(await isThere(next)).to.equal(false);
    await clock.advance(first.throttleTimeMs);
    expect(await isThere(next)).to.equal(true);
  });

  it('holds requests back where it is told to, and says nothing', async () => {
    const { clock } = await open({ requestsPerSecond: 10, burstSeconds: 0.1, mode: 'delay' });
    const wire = connect();
    await ask(wire);
    const answers = [ask(wire), ask(wire)];
    expect(await isThere(answers[0]!)).to.equal(false);
    await clock.advance(100);
    expect([await isThere(answers[0]!), await isThere(answers[1]!)]).to.deep.equal([true, false]);
    await clock.advance(100);
    expect((await answers[1]!).throttleTimeMs).to.equal(0);
  });

  it('makes nobody wait for longer than it may, but what is owed is owed', async () => {
    const { clock } = await open({ requestsPerSecond: 0.01, burstSeconds: 100, maxThrottleMs: 3000 });
    const wire = connect();
    await ask(wire);
    expect((await ask(wire)).throttleTimeMs).to.equal(3000);
    await clock.advance(3000);
    expect((await ask(wire)).throttleTimeMs).to.equal(3000);
  });

  it('lets a broker close that has muted a connection', async () => {
    const { clock } = await open({ requestsPerSecond: 1 });
    const wire = connect();
    await ask(wire);
    await ask(wire);
    const muted = ask(wire);
    expect(await isThere(muted)).to.equal(false);
    await tapped!.close();
    expect(await muted, 'what was asked is answered').to.have.property('throttleTimeMs');
    expect(clock.timers).to.equal(0);
  });

  const wrong: [string, object, string][] = [
    ['no limit', {}, 'no limit: there are requestsPerSecond'],
    ['a rate of nothing', { requestsPerSecond: 0 }, 'requestsPerSecond: 0, expected a number of at least'],
    ['a rate that is no number', { produceBytesPerSecond: '1 MB' }, 'produceBytesPerSecond: "1 MB", expected a number'],
    ['nobody to limit', { requestsPerSecond: 1, by: 'ip' }, `by: "ip", expected 'clientId', 'principal' or a function`],
    ['another mode', { requestsPerSecond: 1, mode: 'drop' }, `mode: "drop", expected 'throttle' or 'delay'`],
    ['an option nearly right', { requestPerSecond: 1 }, 'did you mean requestsPerSecond?'],
  ];
  for (const [name, options, message] of wrong) {
    it(`refuses ${name}`, () => {
      expect(() => rateLimit(options as RateLimitOptions)).to.throw(UsageError, message);
    });
  }
});
