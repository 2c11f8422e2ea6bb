import { expect } from 'chai';
import { from, map, take, toArray } from 'rxjs';
import { type Broker, createBroker } from '../../lib/embedded/create-broker';
import type { RecordsOptions, StoredRecord } from '../../lib/embedded/records';
import { UsageError } from '../../lib/usage';
import { settle } from '../support/pipeline';
import { rejected } from '../support/thrown';

const text = ({ partition, offset, value }: StoredRecord) => `${partition}@${offset} ${value}`;

describe('Records', () => {
  let broker: Broker;
  beforeEach(async () => {
    broker = await createBroker({ topics: ['one', { name: 'two', partitions: 2 }] });
    await broker.produce('one', ['a', 'b', 'c']);
  });
  afterEach(() => broker.close());

  const read = async (topic: string, options: RecordsOptions = {}) =>
    (await broker.records(topic, options).toArray()).map(text);

  it('are iterated over, from anywhere to the end that there is', async () => {
    const seen: string[] = [];
    for await (const record of broker.records('one')) {
      if (seen.length === 0) await broker.produce('one', ['too late']);
      seen.push(text(record));
    }
    expect(seen).to.deep.equal(['0@0 a', '0@1 b', '0@2 c']);
    expect(await read('one', { from: 2 })).to.deep.equal(['0@2 c', '0@3 too late']);
    expect(await read('one', { from: 'end' })).to.deep.equal([]);
    expect(await read('one', { from: 1, partition: 0 })).to.have.lengthOf(3);
  });

  it('come from all partitions, one after the other, or from one', async () => {
    await broker.produce('two', [
      { partition: 1, value: 'x' },
      { partition: 0, value: 'y' },
    ]);
    expect(await read('two')).to.deep.equal(['0@0 y', '1@0 x']);
    expect(await read('two', { partition: 1 })).to.deep.equal(['1@0 x']);
  });

  it('are followed, until somebody has enough', async () => {
    const seen: string[] = [];
    const following = (async () => {
      for await (const record of broker.records('two', { follow: true })) {
        seen.push(text(record));
        if (seen.length === 3) break;
      }
    })();
    await settle();
    await broker.produce('two', [{ partition: 1, value: 'x' }]);
    await broker.produce('two', [{ partition: 0, value: 'y' }]);
    await broker.produce('two', [{ partition: 1, value: 'z' }]);
    await following;
    expect(seen).to.deep.equal(['1@0 x', '0@0 y', '1@1 z']);
  });

  it('end for those who follow when the broker closes, and for those who turn away while they wait', async () => {
    const following = broker.records('one', { follow: true }).toArray();
    const iterator = broker.records('one', { follow: true, from: 'end' })[Symbol.asyncIterator]();
    const next = iterator.next();
    await settle();
    await iterator.return?.();
    expect(await next).to.deep.equal({ done: true, value: undefined });
    await broker.close();
    expect(await following).to.have.lengthOf(3);
    expect(() => broker.records('one')).to.throw(UsageError, 'records: the broker is closed');
  });

  it('are an Observable for RxJS, each subscription from the beginning', async () => {
    const records = broker.records('one', { follow: true });
    const firstOf = (count: number) =>
      new Promise<string[]>((resolve) => from(records).pipe(map(text), take(count), toArray()).subscribe(resolve));
    expect(await firstOf(2)).to.deep.equal(['0@0 a', '0@1 b']);
    const waiting = firstOf(4);
    await settle();
    await broker.produce('one', ['d']);
    expect((await waiting)[3]).to.equal('0@3 d');
    const error = await new Promise((resolve) => broker.records('no').asObservable().subscribe({ error: resolve }));
    expect(error).to.have.property('code', 'UNKNOWN_TOPIC_OR_PARTITION');
  });

  it('keep their bytes when the broker reads on', async () => {
    const values = Array.from({ length: 200 }, (_, i) => Buffer.alloc(20_000, i));
    await broker.produce('bulk', values);
    const all = await broker.records('bulk').toArray();
    expect(all.every(({ value }, i) => value!.equals(values[i]!))).to.equal(true);
  });

  it('are not there for what is not there', async () => {
    expect(await rejected(read('nope'))).to.have.property('code', 'UNKNOWN_TOPIC_OR_PARTITION');
    expect(String(await rejected(read('one', { partition: 3 })))).to.include('cannot read one-3: UNKNOWN_TOPIC');
    expect(() => broker.records('one', { folow: true } as never)).to.throw(UsageError, 'did you mean follow?');
    expect(() => broker.records('one', { from: -1 })).to.throw(UsageError, 'from: -1');
  });
});
