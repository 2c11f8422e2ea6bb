import { expect } from 'chai';
import * as apis from '../../lib/apis';
import { fieldsOf } from '../../lib/protocol/rewrite';
import { errorCodesIn, topicIdsIn, topicsIn } from '../../lib/taps/body-fields';

describe('topicsIn', () => {
  it('finds the topics that a request names, each once', () => {
    const topicData = ['a', 'b', 'a', ''].map((name) => ({ name, partitionData: [] }));
    expect(topicsIn(apis.produce.request, { topicData })).to.deep.equal(['a', 'b']);
    const topics = [{ topic: 'c', partitions: [] }];
    expect(topicsIn(apis.fetch.request, { topics })).to.deep.equal(['c']);
    expect(topicsIn(apis.deleteTopics.request, { topicNames: ['d', 'e'] })).to.deep.equal(['d', 'e']);
    expect(topicsIn(apis.consumerGroupHeartbeat.request, { subscribedTopicNames: null })).to.deep.equal([]);
    const groups = [{ groupId: 'g', topics: [{ name: 'f' }] }];
    expect(topicsIn(apis.offsetFetch.request, { groups })).to.deep.equal(['f']);
  });

  it('knows a place for them in every API that takes topics', () => {
    const bare = apis.apis
      .filter(({ request }) => fieldsOf(request).some(({ name }) => /^(topics|topicData|topicNames)$/.test(name)))
      .filter(({ request }) => {
        const draft = (name: string) => [{ name, topic: name }];
        const body = { topics: draft('t'), topicData: draft('t'), topicNames: ['t'], groups: [{ topics: draft('t') }] };
        return !topicsIn(request, body).includes('t');
      });
    expect(bare.map(({ name }) => name)).to.deep.equal([]);
  });
});

describe('topicIdsIn', () => {
  it('finds the ids that a request names', () => {
    const topics = [{ topicId: 'x' }, { topicId: 'y' }, { topicId: 'x' }];
    expect(topicIdsIn(apis.metadata.request, { topics })).to.deep.equal(['x', 'y']);
  });
});

describe('errorCodesIn', () => {
  it('finds the errors of an answer, of the whole and of its parts, each once', () => {
    const partitions = [{ errorCode: 3 }, { errorCode: 0 }, { errorCode: 3 }, { errorCode: 6 }];
    expect(errorCodesIn(apis.fetch.response, { errorCode: 70, responses: [{ partitions }] })).to.deep.equal([70, 3, 6]);
    expect(errorCodesIn(apis.fetch.response, { responses: [] })).to.deep.equal([]);
  });
});
