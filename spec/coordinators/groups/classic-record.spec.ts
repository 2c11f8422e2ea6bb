import { expect } from 'chai';
import { classicRecord, classicTombstone, foldClassic } from '../../../lib/coordinators/groups/classic-record';
import { storedGroupRecord } from '../../../lib/coordinators/groups/group-record-codec';
import type { GroupRecord, GroupRecordDraft } from '../../../lib/coordinators/groups/group-records';
import { ClassicTable, protocols } from '../../support/classic-table';

function fold(draft: GroupRecordDraft<'GroupMetadata'>) {
  return foldClassic(null, storedGroupRecord(draft) as GroupRecord<'GroupMetadata'>);
}

describe('classicRecord', () => {
  it('says of a stable group who is in it, with the chosen protocol and the assignments', () => {
    const table = new ClassicTable();
    const client = { clientId: 'c', clientHost: '/10.0.0.1' };
    const [memberId] = table.stabilise({
      client,
      groupInstanceId: 'one',
      sessionTimeoutMs: 7000,
      rebalanceTimeoutMs: 8000,
      protocols: protocols(['range', 'of a'], ['sticky', 'of b']),
    });
    expect(classicRecord(table.classic)).to.deep.equal({
      name: 'GroupMetadata',
      key: { group: 'group' },
      value: {
        protocolType: 'consumer',
        generation: 1,
        protocol: 'range',
        leader: memberId,
        currentStateTimestamp: table.classic.stateSinceMs,
        members: [
          {
            ...client,
            memberId,
            groupInstanceId: 'one',
            rebalanceTimeout: 8000,
            sessionTimeout: 7000,
            subscription: Buffer.from('of a'),
            assignment: Buffer.from(`${memberId} of 1`),
          },
        ],
      },
    });
  });
});

describe('foldClassic', () => {
  it('gives a group back as it was, but for what is not in the log', () => {
    const table = new ClassicTable();
    const both = { protocols: protocols('range', 'sticky') };
    const [leader, follower] = table.stabilise(both, both);
    const folded = fold(classicRecord(table.classic))!;
    expect(folded).to.deep.include({ state: 'Stable', generationId: 1, leader, isRecorded: true });
    expect([...folded.members.values()].map((member) => member.protocols)).to.deep.equal([
      protocols('range'),
      protocols('range'),
    ]);
    expect(folded.members.get(follower!)).to.deep.equal({ ...table.member(follower!), protocols: protocols('range') });
    expect(classicRecord(folded)).to.deep.equal(classicRecord(table.classic));
  });

  it('does not hold on to the bytes that it was read from', () => {
    const table = new ClassicTable();
    const [memberId] = table.stabilise({});
    const record = storedGroupRecord(classicRecord(table.classic)) as GroupRecord<'GroupMetadata'>;
    const folded = foldClassic(null, record)!;
    for (const { subscription, assignment } of record.value!.members) {
      subscription.fill(0);
      assignment.fill(0);
    }
    expect(folded.members.get(memberId!)).to.deep.equal(table.member(memberId!));
  });

  it('gives an empty group for one without members', () => {
    const table = new ClassicTable();
    table.join();
    expect(fold(classicRecord(table.classic))).to.deep.equal({ ...table.classic, pendingMembers: new Set() });
  });

  it('gives none after a tombstone', () => {
    const table = new ClassicTable();
    table.join();
    expect(fold(classicTombstone(table.classic))).to.equal(null);
  });

  it('takes what old records do not say from what they do', () => {
    const table = new ClassicTable();
    table.stabilise({ sessionTimeoutMs: 7000 });
    const folded = fold({ ...classicRecord(table.classic), version: 0 })!;
    expect(folded.stateSinceMs).to.equal(-1);
    expect([...folded.members.values()][0]).to.include({ rebalanceTimeoutMs: 7000, groupInstanceId: null });
  });

  it('takes a record that nobody should have written', () => {
    const table = new ClassicTable();
    const [memberId] = table.stabilise({});
    const { value, ...draft } = classicRecord(table.classic);
    const strange = { ...value!, protocol: null, leader: null, members: [...value!.members, ...value!.members] };
    table.folded = fold({ ...draft, value: strange });
    table.reload();
    expect(table.classic.members.size).to.equal(1);
    // With a protocol that it did not have, so that it joins as a stranger would have to.
    expect(table.join({ memberId }).answer.error.name).to.equal('INCONSISTENT_GROUP_PROTOCOL');
    table.pass(60_000);
    expect(table.classic.state).to.equal('Empty');
  });
});
