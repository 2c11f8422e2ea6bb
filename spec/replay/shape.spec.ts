import { expect } from 'chai';
import { fetch, joinGroup, metadata } from '../../lib/apis';
import { LearnedIds, nowhere } from '../../lib/replay/ids/learned-ids';
import { placeIn, shapeOf } from '../../lib/replay/shape';

describe('shapeOf', () => {
  it('knows the ids in each field, and what names elements', () => {
    const shape = shapeOf(metadata.response);
    const topics = shape.fields.find(({ name }) => name === 'topics')!;
    const inner = topics.is === 'structs' ? topics.shape : null;
    expect(inner?.keys).to.deep.equal(['name']);
    expect(inner?.idKeys.map(({ name }) => name)).to.deep.equal(['topicId']);
    const controller = shape.fields.find(({ name }) => name === 'controllerId')!;
    expect(controller.is === 'value' && controller.kind?.name).to.equal('node id');
  });

  it('is made once of a schema', () => {
    expect(shapeOf(fetch.request)).to.equal(shapeOf(fetch.request));
  });

  it('does not tell brokers apart by their addresses', () => {
    const brokers = shapeOf(metadata.response).fields.find(({ name }) => name === 'brokers')!;
    expect(brokers.is === 'structs' && brokers.shape.keys).to.deep.equal([]);
  });

  it('tells members apart by what the client has chosen, and by their ids', () => {
    const members = shapeOf(joinGroup.response).fields.find(({ name }) => name === 'members')!;
    const { keys, idKeys } = (members as Extract<typeof members, { is: 'structs' }>).shape;
    expect([keys, idKeys.map(({ name }) => name)]).to.deep.equal([['groupInstanceId'], ['memberId']]);
  });
});

describe('placeIn', () => {
  it('takes group, topic, partition and producer from a struct, and else from around it', () => {
    const ids = new LearnedIds();
    const request = placeIn({ groupId: 'g', producerId: 4 }, nowhere, ids);
    const topic = placeIn({ name: 't' }, request, ids);
    expect(placeIn({ partitionIndex: 2 }, topic, ids)).to.deep.equal({
      group: 'g',
      topic: 't',
      partition: 2,
      producerId: 4,
    });
  });

  it('names a topic once anybody has said which id it has', () => {
    const ids = new LearnedIds();
    expect(placeIn({ topicId: 'AbC', name: '' }, nowhere, ids).topic).to.equal('AbC');
    placeIn({ topicId: 'AbC', name: 'orders' }, nowhere, ids);
    expect(placeIn({ topicId: 'AbC' }, nowhere, ids).topic).to.equal('orders');
  });

  it('is the place around a struct that says nothing', () => {
    expect(placeIn({ errorCode: 0 }, nowhere, new LearnedIds())).to.equal(nowhere);
  });
});
