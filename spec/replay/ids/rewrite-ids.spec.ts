import { expect } from 'chai';
import { describeConfigs, heartbeat, offsetCommit, produce } from '../../../lib/apis';
import { idKindOf } from '../../../lib/replay/ids/id-kinds';
import { LearnedIds, nowhere } from '../../../lib/replay/ids/learned-ids';
import { rewriteIds } from '../../../lib/replay/ids/rewrite-ids';
import { shapeOf } from '../../../lib/replay/shape';

describe('rewriteIds', () => {
  it('gives the very body where nothing is called otherwise', () => {
    const body = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null };
    expect(rewriteIds(body, shapeOf(heartbeat.request), new LearnedIds())).to.equal(body);
  });

  it('puts in what the new broker calls it, by the group around it, and keeps the rest', () => {
    const ids = new LearnedIds();
    ids.learn(idKindOf('', 'memberId', 'string')!, nowhere, 'm', 'n');
    ids.learn(idKindOf('', 'generationId', 'int32')!, { ...nowhere, group: 'g' }, 1, 5);
    const body = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null };
    expect(rewriteIds(body, shapeOf(heartbeat.request), ids)).to.deep.equal({
      ...body,
      generationId: 5,
      memberId: 'n',
    });
    expect(body.memberId).to.equal('m');
    expect(rewriteIds({ ...body, groupId: 'h' }, shapeOf(heartbeat.request), ids)).to.include({ generationId: 1 });
  });

  it('changes what lies deep, and shares what does not change', () => {
    const ids = new LearnedIds();
    ids.learn(idKindOf('', 'baseOffset', 'long')!, { ...nowhere, topic: 't', partition: 1 }, 0, 10);
    const rows = (name: string) => ({ name, topicId: '', partitions: [{ partitionIndex: 1, committedOffset: 3 }] });
    const body = { groupId: 'g', topics: [rows('t'), rows('u')] };
    const made = rewriteIds(body, shapeOf(offsetCommit.request), ids) as typeof body;
    expect(made.topics[0]!.partitions[0]).to.include({ committedOffset: 13 });
    expect(made.topics[1]).to.equal(body.topics[1]);
  });

  it('knows topics by their ids once they were named', () => {
    const ids = new LearnedIds();
    ids.learn(idKindOf('', 'topicId', 'uuid')!, nowhere, 'AbC', 'XyZ');
    const body = { acks: 1, topicData: [{ name: '', topicId: 'AbC', partitionData: [] }] };
    const made = rewriteIds(body, shapeOf(produce.request), ids) as typeof body;
    expect(made.topicData[0]).to.include({ topicId: 'XyZ' });
  });

  it('names a broker’s configurations by its node id', () => {
    const ids = new LearnedIds();
    ids.learn(idKindOf('', 'nodeId', 'int32')!, nowhere, 1, 101);
    const resources = [
      { resourceType: 4, resourceName: '1' },
      { resourceType: 4, resourceName: '' },
      { resourceType: 2, resourceName: '1' },
    ];
    const made = rewriteIds({ resources }, shapeOf(describeConfigs.request), ids) as { resources: typeof resources };
    expect(made.resources.map(({ resourceName }) => resourceName)).to.deep.equal(['101', '', '1']);
  });
});
