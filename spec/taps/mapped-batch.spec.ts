import { expect } from 'chai';
import { errors } from '../../lib/errors';
import * as batch from '../../lib/records/batch';
import { buildBatch } from '../../lib/records/build';
import { codecNames } from '../../lib/records/compression';
import { type LogRecord, recordsOf } from '../../lib/records/record';
import {
  fetchedBatch,
  type MappedRecords,
  mapBatch,
  producedBatch,
  type RecordOutcome,
  renumbered,
} from '../../lib/taps/mapped-batch';
import { kafkaErrorOf } from '../support/thrown';

const maxBytes = 1e6;
const values = ['a', 'b', 'c', 'd'];
const options = {
  ...{ baseOffset: 40, partitionLeaderEpoch: 3, producerId: 9, producerEpoch: 1, baseSequence: 100, timestamp: 1000 },
};
const batchOf = (more: object = {}) =>
  buildBatch(
    values.map((value, i) => ({ key: `k${i}`, value, timestamp: 1000 + i, headers: [{ key: 'h', value: `${i}` }] })),
    { ...options, ...more },
  );

const mapped = (b: Buffer, map: (record: LogRecord) => RecordOutcome) => mapBatch(b, 0, map, maxBytes) as MappedRecords;
const without =
  (...dropped: string[]) =>
  (record: LogRecord) =>
    dropped.includes(`${record.value}`) ? null : undefined;
const shown = (b: Buffer, at = 0) => [...recordsOf(b, at)].map(({ offset, value }) => `${offset} ${value}`);

describe('mapBatch', () => {
  it('shows each record with its offset, and says that nothing changed where nothing did', () => {
    const seen: string[] = [];
    const outcome = mapped(batchOf(), (record) => void seen.push(`${record.offset} ${record.key} ${record.value}`));
    expect(seen).to.deep.equal(['40 k0 a', '41 k1 b', '42 k2 c', '43 k3 d']);
    expect(outcome).to.deep.include({ had: 4, baseOffset: 40, isSame: true, error: null, refused: [] });
  });

  it('waits for functions that take their time, and is done at once where none does', async () => {
    const b = batchOf();
    expect(mapBatch(b, 0, () => {}, maxBytes)).not.to.be.instanceOf(Promise);
    const later = mapBatch(b, 0, async ({ value }) => (`${value}` === 'b' ? { value: 'B' } : undefined), maxBytes);
    expect(later).to.be.instanceOf(Promise);
    expect((await later).kept.map(({ draft }) => `${draft.value}`)).to.deep.equal(['a', 'B', 'c', 'd']);
  });

  it('gathers the records that are refused, now or later, and the first of the errors', async () => {
    const refuse = ({ value }: LogRecord) => {
      if (`${value}` === 'b') throw errors.INVALID_RECORD.because('no b');
      return `${value}` === 'd' ? Promise.reject(errors.POLICY_VIOLATION) : undefined;
    };
    const outcome = await mapBatch(batchOf(), 0, refuse, maxBytes);
    expect(outcome.error?.name).to.equal('INVALID_RECORD');
    expect(outcome.refused).to.deep.equal([
      { batchIndex: 1, batchIndexErrorMessage: 'no b' },
      { batchIndex: 3, batchIndexErrorMessage: 'POLICY_VIOLATION' },
    ]);
  });

  it('lets bugs through, and does not decompress more than it may', () => {
    const bug = () => {
      throw new TypeError('a bug');
    };
    expect(() => mapped(batchOf(), bug)).to.throw(TypeError, 'a bug');
    const large = buildBatch([{ value: Buffer.alloc(1000) }], { codec: 1 });
    expect(kafkaErrorOf(() => mapBatch(large, 0, () => {}, 100)).name).to.equal('INVALID_RECORD');
  });
});

describe('producedBatch', () => {
  for (const [codec, name] of codecNames.entries()) {
    it(`numbers what is left anew and keeps everything else, with ${name}`, () => {
      const before = batchOf({ codec, baseOffset: 0, transactional: true });
      const given = Buffer.from(before);
      const { kept } = mapped(before, (record) => (`${record.value}` === 'b' ? null : { value: `${record.value}!` }));
      const after = producedBatch(before, kept, 77);
      expect(before.equals(given), 'what came is as it was').to.equal(true);
      expect([batch.crcMatches(after), batch.wholeSize(after)]).to.deep.equal([true, after.length]);
      expect([batch.codec(after), batch.recordCount(after), batch.lastOffset(after)]).to.deep.equal([codec, 3, 2]);
      expect([batch.producerId(after), batch.producerEpoch(after), batch.baseSequence(after)]).to.deep.equal([
        9, 1, 77,
      ]);
      expect([batch.isTransactional(after), batch.maxTimestamp(after)]).to.deep.equal([true, 1003]);
      expect(
        [...recordsOf(after)].map((r) => [r.offset, `${r.key}`, `${r.value}`, r.timestamp, `${r.headers[0]?.value}`]),
      ).to.deep.equal([
        [0, 'k0', 'a!', 1000, '0'],
        [1, 'k2', 'c!', 1002, '2'],
        [2, 'k3', 'd!', 1003, '3'],
      ]);
    });
  }

  it('changes the fields that are given, and takes null for what it is', () => {
    const before = batchOf({ baseOffset: 0 });
    const { kept } = mapped(before, () => ({ key: null, value: null, timestamp: 5, headers: [] }));
    const [first] = [...recordsOf(producedBatch(before, kept, 0))];
    expect(first).to.deep.equal({ offset: 0, key: null, value: null, timestamp: 5, headers: [] });
  });
});

describe('renumbered', () => {
  it('is the same batch with another sequence number', () => {
    const before = batchOf({ codec: 2 });
    const after = renumbered(before, 5);
    expect([batch.baseSequence(before), batch.baseSequence(after), batch.crcMatches(after)]).to.deep.equal([
      100,
      5,
      true,
    ]);
    expect(shown(after)).to.deep.equal(shown(before));
  });
});

describe('fetchedBatch', () => {
  const fetched = (b: Buffer, ...dropped: string[]) => fetchedBatch(b, 0, mapped(b, without(...dropped)));

  it('leaves what is left at its offsets, with its epoch and producer', () => {
    const [one, ...others] = fetched(batchOf({ codec: 3 }), 'a', 'c');
    expect(others).to.deep.equal([]);
    expect(shown(one!)).to.deep.equal(['41 b', '43 d']);
    expect([batch.baseOffset(one!), batch.lastOffset(one!), batch.recordCount(one!)]).to.deep.equal([40, 43, 2]);
    expect([batch.partitionLeaderEpoch(one!), batch.producerId(one!), batch.codec(one!)]).to.deep.equal([3, 9, 3]);
    expect(batch.crcMatches(one!)).to.equal(true);
  });

  it('takes up the offsets behind the last record by a control record that everybody passes over', () => {
    const [one, other] = fetched(batchOf(), 'c', 'd');
    expect([batch.lastOffset(one!), batch.baseOffset(other!), batch.lastOffset(other!)]).to.deep.equal([41, 42, 43]);
    expect([batch.isControl(one!), batch.isControl(other!), batch.producerId(other!)]).to.deep.equal([false, true, -1]);
    expect([...recordsOf(other!)].map(({ offset }) => offset)).to.deep.equal([43]);
    const all = fetched(batchOf(), ...values);
    expect(all.map((b) => [batch.isControl(b), batch.baseOffset(b), batch.lastOffset(b)])).to.deep.equal([
      [true, 40, 43],
    ]);
  });

  it('keeps the append time of topics that have that', () => {
    const [one] = fetched(batchOf({ logAppendTimeMs: 5000 }), 'a');
    expect([batch.timestampType(one!), batch.maxTimestamp(one!)]).to.deep.equal(['LogAppendTime', 5000]);
  });
});
