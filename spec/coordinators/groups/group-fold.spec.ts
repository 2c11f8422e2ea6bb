import { expect } from 'chai';
import { offsetRecord } from '../../../lib/coordinators/groups/committed-offsets';
import { foldGroups } from '../../../lib/coordinators/groups/group-fold';
import { storedGroupRecord } from '../../../lib/coordinators/groups/group-record-codec';
import type { GroupRecordDraft } from '../../../lib/coordinators/groups/group-records';

const topicId = 'AAAAAAAAAAAAAAAAAAAAAA';

function offset(group: string): GroupRecordDraft {
  return offsetRecord(group, { topic: 't', topicId, partition: 0, offset: 1, leaderEpoch: 0, metadata: '' }, 5, -1);
}
function classic(group: string): GroupRecordDraft {
  const value = { protocolType: 'consumer', generation: 3, protocol: null, leader: null, members: [] };
  return { name: 'GroupMetadata', key: { group }, value };
}
function consumer(groupId: string): GroupRecordDraft {
  return { name: 'ConsumerGroupMetadata', key: { groupId }, value: { epoch: 4 } };
}
const share: GroupRecordDraft[] = [
  { name: 'ShareGroupMetadata', key: { groupId: 's' }, value: { epoch: 1, metadataHash: 0 } },
  {
    name: 'ShareGroupMemberMetadata',
    key: { groupId: 's', memberId: 'm' },
    value: { rackId: null, clientId: 'c', clientHost: '/h', subscribedTopicNames: [] },
  },
];

function fold(drafts: readonly GroupRecordDraft[], committing: string[] = []): Record<string, string> {
  const groups = foldGroups(drafts.map(storedGroupRecord), committing, 7);
  return Object.fromEntries([...groups].map(([id, { type, groupId }]) => [id, id === groupId ? type : 'misnamed']));
}

describe('foldGroups', () => {
  it('tells the types apart', () => {
    expect(fold([classic('a'), consumer('b'), ...share])).to.deep.equal({ a: 'classic', b: 'consumer', s: 'share' });
  });

  it('has a group wherever there are offsets', () => {
    expect(
      fold([offset('simple'), offset('a'), classic('a'), consumer('b'), offset('b')], ['open', 'a']),
    ).to.deep.equal({
      simple: 'classic',
      a: 'classic',
      b: 'consumer',
      open: 'classic',
    });
    const [simple] = [...foldGroups([storedGroupRecord(offset('g'))], [], 7).values()];
    expect(simple).to.include({ state: 'Empty', stateSinceMs: 7, protocolType: null, generationId: 0 });
  });

  it('believes the last where records of two types have one name', () => {
    expect(fold([classic('g'), consumer('g')])).to.deep.equal({ g: 'consumer' });
    expect(fold([consumer('g'), classic('g')])).to.deep.equal({ g: 'classic' });
  });

  it('knows the members of groups that it does not run, and takes members alone for no group', () => {
    const [group] = [...foldGroups(share.map(storedGroupRecord), [], 7).values()];
    expect(group).to.deep.equal({ type: 'share', groupId: 's', members: new Set(['m']) });
    expect(fold(share.slice(1))).to.deep.equal({});
  });
});
