import { expect } from 'chai';
import {
  CommittedOffsets,
  isOffsetRecord,
  offsetRecord,
  offsetsIn,
  offsetTombstone,
} from '../../../lib/coordinators/groups/committed-offsets';
import { storedGroupRecord } from '../../../lib/coordinators/groups/group-record-codec';
import type { GroupRecord } from '../../../lib/coordinators/groups/group-records';

const topicId = 'abcdefghijklmnopqrstug';
const offset = { topic: 't', topicId, partition: 3, offset: 42, leaderEpoch: 5, metadata: 'm' };

function offsetRecordRead(draft: ReturnType<typeof offsetRecord>) {
  const record: GroupRecord = storedGroupRecord(draft);
  return isOffsetRecord(record) ? record : expect.fail('not an offset');
}

describe('CommittedOffsets', () => {
  it('says the same of a record that is written and of the same record read', () => {
    for (const retentionMs of [-1, 0, 1000]) {
      const draft = offsetRecord('g', offset, 7_000, retentionMs);
      const [live, replayed] = [new CommittedOffsets(), new CommittedOffsets()];
      live.apply(draft);
      replayed.apply(offsetRecordRead(draft));
      expect(live.of('g')).to.deep.equal(replayed.of('g'));
    }
  });

  it('keeps the latest, and what the version of the record can say', () => {
    const offsets = new CommittedOffsets();
    offsets.apply(offsetRecord('g', { ...offset, offset: 1 }, 6_000, 1000));
    expect(offsets.of('g').get('t')?.get(3)).to.deep.equal({
      offset: 1,
      leaderEpoch: -1,
      metadata: 'm',
      commitTimestampMs: 6_000,
      expireTimestampMs: 7_000,
      topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
    });
    offsets.apply(offsetRecord('g', offset, 7_000, -1));
    expect([...offsetsIn(offsets.of('g'))]).to.deep.equal([
      {
        topic: 't',
        partition: 3,
        offset: 42,
        leaderEpoch: 5,
        metadata: 'm',
        commitTimestampMs: 7_000,
        expireTimestampMs: -1,
        topicId,
      },
    ]);
  });

  it('keeps times that no clock can reach as numbers that a clock goes with', () => {
    const long = (2n ** 63n - 1n) as never;
    const offsets = new CommittedOffsets();
    offsets.apply(offsetRecord('g', offset, 7_000, long));
    expect(offsets.of('g').get('t')?.get(3)?.expireTimestampMs).to.equal(Number.MAX_SAFE_INTEGER);
    const key = { group: 'g', topic: 't', partition: 0 };
    offsets.apply({ name: 'LegacyOffsetCommit', key, value: { offset: 9, metadata: '', commitTimestamp: long } });
    expect(offsets.of('g').get('t')?.get(0)?.commitTimestampMs).to.equal(2 ** 63);
  });

  it('reads the records of the oldest brokers', () => {
    const offsets = new CommittedOffsets();
    const key = { group: 'g', topic: 't', partition: 0 };
    offsets.apply({ name: 'LegacyOffsetCommit', key, value: { offset: 9, metadata: '', commitTimestamp: 1 } });
    expect(offsets.of('g').get('t')?.get(0)?.offset).to.equal(9);
    offsets.apply({ name: 'LegacyOffsetCommit', key, value: null });
    expect(offsets.of('g').size).to.equal(0);
  });

  it('has no entry for a group or a topic without offsets', () => {
    const offsets = new CommittedOffsets();
    offsets.apply(offsetRecord('g', offset, 0, -1));
    offsets.apply(offsetRecord('g', { ...offset, partition: 4 }, 0, -1));
    offsets.apply(offsetTombstone('g', 't', 3));
    expect([...offsets.groupIds]).to.deep.equal(['g']);
    offsets.apply(offsetTombstone('g', 't', 4));
    offsets.apply(offsetTombstone('g', 'other', 4));
    offsets.apply(offsetTombstone('other', 't', 4));
    expect([...offsets.groupIds]).to.deep.equal([]);
  });
});
