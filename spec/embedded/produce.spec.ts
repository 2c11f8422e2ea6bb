import { expect } from 'chai';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import { partitionOf } from '../../lib/embedded/partitioner';
import type { ProducedRecord } from '../../lib/embedded/produce';
import { UsageError } from '../../lib/usage';
import { virtualClock } from '../../lib/virtual-clock';
import { rejected } from '../support/thrown';

describe('produce', () => {
  const clock = virtualClock();
  let broker: Broker;
  before(async () => {
    broker = await createBroker({ scheduler: clock, topics: ['one', { name: 'many', partitions: 4 }] });
  });
  after(() => broker.close());

  it('writes keys, values, headers and timestamps, as texts or Buffers', async () => {
    const places = await broker.produce('one', [
      'a value',
      Buffer.from('bytes'),
      { key: 'k', value: null, headers: { h: 'text', b: Buffer.from('b'), none: null }, timestamp: clock.now() - 5 },
      {
        key: Buffer.from('k2'),
        headers: [
          { key: 'h', value: '1' },
          { key: 'h', value: '2' },
        ],
        timestamp: new Date(1),
      },
    ]);
    expect(places.map(({ offset }) => offset)).to.deep.equal([0, 1, 2, 3]);
    const texts = (await broker.records('one').toArray()).map(({ key, value, timestamp, headers }) => [
      ...[key && String(key), value && String(value), timestamp],
      headers.map((header) => `${header.key}=${header.value}`).join(),
    ]);
    expect(texts).to.deep.equal([
      [null, 'a value', clock.now(), ''],
      [null, 'bytes', clock.now(), ''],
      ['k', null, clock.now() - 5, 'h=text,b=b,none=null'],
      ['k2', null, 1, 'h=1,h=2'],
    ]);
  });

  it("chooses partitions by key as Kafka's producer, else one for each call, in turn", async () => {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    const places = await broker.produce(
      'many',
      keys.map((key) => ({ key })),
    );
    expect(places.map(({ partition }) => partition)).to.deep.equal(keys.map((key) => partitionOf(Buffer.from(key), 4)));
    const turns = [];
    for (let i = 0; i < 4; i++) {
      const [one, other] = await broker.produce('many', ['x', 'y']);
      expect(other).to.deep.equal({ partition: one!.partition, offset: one!.offset + 1 });
      turns.push(one!.partition);
    }
    expect(turns.toSorted()).to.deep.equal([0, 1, 2, 3]);
    expect((await broker.produce('many', [{ partition: 3 }]))[0]!.partition).to.equal(3);
  });

  it('cuts what is too much for one batch, and keeps the order', async () => {
    const values = Array.from({ length: 60 }, (_, i) => Buffer.alloc(50_000, i));
    const places = await broker.produce('large', values);
    expect(places.map(({ offset }) => offset)).to.deep.equal(values.map((_, i) => i));
    const read = await broker.records('large').toArray();
    expect(read.map(({ value }) => value![0])).to.deep.equal(values.map((_, i) => i));
    const error = await rejected(broker.produce('large', [Buffer.alloc(2_000_000)]));
    expect(error).to.include({ name: 'Refused', code: 'MESSAGE_TOO_LARGE' });
  });

  it('makes a topic that is not there, unless the broker makes none', async () => {
    expect(await broker.produce('fresh', ['x'])).to.deep.equal([{ partition: 0, offset: 0 }]);
    const strict = await createBroker({ config: { 'auto.create.topics.enable': false } });
    const error = await rejected(strict.produce('fresh', ['x']));
    await strict.close();
    expect(error).to.have.property('code', 'UNKNOWN_TOPIC_OR_PARTITION');
  });

  it('says what the broker refuses', async () => {
    const refused = async (topic: string, records: ProducedRecord[]) => {
      const error = await rejected(broker.produce(topic, records));
      return (error as { code?: unknown }).code;
    };
    expect(await refused('a b', [{}])).to.equal('INVALID_TOPIC_EXCEPTION');
    expect(await refused('one', [{ partition: 7 }])).to.equal('UNKNOWN_TOPIC_OR_PARTITION');
    expect(await refused('__consumer_offsets', [{}])).to.equal('INVALID_TOPIC_EXCEPTION');
    expect(await broker.produce('one', [])).to.deep.equal([]);
  });

  const wrong: [unknown, string][] = [
    [5, 'record 1: expected a value'],
    [{ values: 'x' }, 'record 1: no option "values": did you mean value?'],
    [{ value: 5 }, 'record 1: value: number, expected a text'],
    [{ key: {} }, 'record 1: key: object'],
    [{ headers: { h: 1 } }, 'record 1: header: number'],
    [{ timestamp: 'now' }, 'record 1: timestamp: now'],
    [{ partition: 1.5 }, 'record 1: partition: 1.5'],
  ];
  for (const [record, message] of wrong) {
    it(`refuses ${JSON.stringify(record)}, and writes nothing`, async () => {
      const error = await rejected(broker.produce('untouched', ['good', record as ProducedRecord]));
      expect(error).to.be.instanceOf(UsageError).with.property('message').that.includes(message);
    });
  }
});
