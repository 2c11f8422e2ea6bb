import { expect } from 'chai';
import { fetch, joinGroup, metadata } from '../../../lib/apis';
import type { Schema } from '../../../lib/protocol/schema';
import { align } from '../../../lib/replay/compare/align';
import { idKindOf } from '../../../lib/replay/ids/id-kinds';
import { LearnedIds, nowhere } from '../../../lib/replay/ids/learned-ids';
import { type StructShape, shapeOf } from '../../../lib/replay/shape';

function shapeIn(schema: Schema, name: string): StructShape {
  const field = shapeOf(schema).fields.find((one) => one.name === name)!;
  return (field as Extract<typeof field, { is: 'structs' }>).shape;
}
const topics = shapeIn(metadata.response, 'topics');
const members = shapeIn(joinGroup.response, 'members');
const names = (pairs: ReturnType<typeof align>, key: string) =>
  pairs.map(({ recorded, replayed, label }) => [label, recorded?.[key], replayed?.[key]]);

describe('align', () => {
  it('pairs elements by their names, whatever the order', () => {
    const [a, b] = [
      { name: 'a', topicId: '' },
      { name: 'b', topicId: '' },
    ];
    expect(names(align([a, b], [b, a], topics, new LearnedIds()), 'name')).to.deep.equal([
      ['a', 'a', 'a'],
      ['b', 'b', 'b'],
    ]);
  });

  it('tells what is only there on one side', () => {
    const [a, b] = [
      { name: 'a', topicId: '' },
      { name: 'b', topicId: '' },
    ];
    expect(names(align([a], [b], topics, new LearnedIds()), 'name')).to.deep.equal([
      ['a', 'a', undefined],
      ['b', undefined, 'b'],
    ]);
  });

  it('pairs by the ids that are known, and in order what is left', () => {
    const ids = new LearnedIds();
    ids.learn(idKindOf('', 'memberId', 'string')!, nowhere, 'm2', 'n2');
    const member = (memberId: string) => ({ memberId, groupInstanceId: null });
    const pairs = align([member('m1'), member('m2')], [member('n2'), member('n1')], members, ids);
    expect(names(pairs, 'memberId')).to.deep.equal([
      ['m2', 'm2', 'n2'],
      ['m1', 'm1', 'n1'],
    ]);
  });

  it('pairs by position what has no name', () => {
    const pairs = align([{ x: 1 }], [{ x: 2 }, { x: 3 }], { fields: [], keys: [], idKeys: [] }, new LearnedIds());
    expect(names(pairs, 'x')).to.deep.equal([
      ['0', 1, 2],
      ['1', undefined, 3],
    ]);
  });

  it('calls a topic that goes by its id by its name, where that is known', () => {
    const responses = shapeIn(fetch.response, 'responses');
    const ids = new LearnedIds();
    ids.learnTopic('an id', 'orders');
    const one = { topic: '', topicId: 'an id', partitions: [] };
    const other = { ...one, topicId: 'another' };
    const labels = (struct: object) => align([struct as never], [], responses, ids).map(({ label }) => label);
    expect([labels(one), labels(other)]).to.deep.equal([['orders'], ['another']]);
  });
});
