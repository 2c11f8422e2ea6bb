import { expect } from 'chai';
import { apis } from '../../lib/apis';
import { deleteTopics } from '../../lib/apis/delete-topics';
import { describeConfigs } from '../../lib/apis/describe-configs';
import { describeGroups } from '../../lib/apis/describe-groups';
import { fetch } from '../../lib/apis/fetch';
import { findCoordinator } from '../../lib/apis/find-coordinator';
import { heartbeat } from '../../lib/apis/heartbeat';
import { offsetFetch } from '../../lib/apis/offset-fetch';
import { produce } from '../../lib/apis/produce';
import { merge, names, partsOf } from '../../lib/faults/parts';
import type { Api } from '../../lib/protocol/api';
import type { Schema } from '../../lib/protocol/schema';
import { requestOf } from '../support/stages';

const nobody = () => undefined;

describe('names', () => {
  /** Names of all fields, however deep. */
  function fieldsOf(schema: Schema): string[] {
    return Object.entries(schema).flatMap(([name, { declared }]) => {
      const kind = declared.kind.is === 'array' ? declared.kind.element.declared.kind : declared.kind;
      return [name, ...(kind.is === 'struct' ? fieldsOf(kind.fields) : [])];
    });
  }

  for (const api of apis) {
    it(`knows what ${api.name} is about`, () => {
      const fields = fieldsOf(api.request);
      // What a client has in its hands is told in a heartbeat, and asked for by nobody.
      const isAboutTopics = fields.some((name) => /topic|resources/i.test(name) && !/^(allowAuto|include)/.test(name));
      const isAboutGroups =
        api.name !== 'ListGroups' &&
        fields.some((name) => /^(group|coordinatorKeys)/i.test(name) && name !== 'groupInstanceId');
      const cursorOnly = api.name === 'DescribeTopicPartitions';
      expect(names(api.name, api.request)).to.deep.equal({
        topics: isAboutTopics || cursorOnly,
        groups: isAboutGroups,
      });
    });
  }
});

describe('partsOf', () => {
  const produced = (...topics: string[]) =>
    requestOf(produce as Api, {
      topicData: topics.map((name) => ({ name, partitionData: [{ index: 0 }, { index: 1 }] })),
    });

  it('gives a whole request where all is meant, or none', () => {
    const request = produced('a');
    expect(partsOf(request, {}, nobody)).to.deep.equal({ meant: request.body, rest: null });
    expect(partsOf(request, { topic: 'b' }, nobody)).to.equal(null);
    expect(partsOf(request, { topic: 'a', partition: 2 }, nobody)).to.equal(null);
  });

  it('cuts rows, and partitions of rows', () => {
    const { meant, rest } = partsOf(produced('a', 'b'), { topic: 'b', partition: 1 }, nobody)!;
    expect(meant['topicData']).to.deep.equal([{ name: 'b', partitionData: [{ index: 1 }] }]);
    expect(rest!['topicData']).to.deep.equal([
      { name: 'a', partitionData: [{ index: 0 }, { index: 1 }] },
      { name: 'b', partitionData: [{ index: 0 }] },
    ]);
    expect(partsOf(produced('a'), { topic: 'a' }, nobody)!.rest).to.equal(null);
  });

  it('knows topics by their ids, and topics that are only named', () => {
    const byId = requestOf(produce as Api, { topicData: [{ name: '', topicId: 'id', partitionData: [{ index: 0 }] }] });
    expect(partsOf(byId, { topic: 'a' }, (id) => (id === 'id' ? 'a' : undefined))).not.to.equal(null);
    const deleted = requestOf(deleteTopics as Api, { topics: [], topicNames: ['a', 'b'] });
    expect(partsOf(deleted, { topic: 'a' }, nobody)!.meant['topicNames']).to.deep.equal(['a']);
    const described = requestOf(describeConfigs as Api, {
      resources: [
        { resourceType: 4, resourceName: 'a' },
        { resourceType: 2, resourceName: 'a' },
      ],
    });
    expect(partsOf(described, { topic: 'a' }, nobody)!.meant['resources']).to.deep.equal([
      { resourceType: 2, resourceName: 'a' },
    ]);
  });

  it('takes a request whole that cannot fail in parts', () => {
    const request = requestOf(offsetFetch as Api, { groups: [{ groupId: 'g', topics: [{ name: 'a' }] }], topics: [] });
    expect(partsOf(request, { topic: 'a' }, nobody)).to.deep.equal({ meant: request.body, rest: null });
    expect(partsOf(request, { topic: 'b' }, nobody)).to.equal(null);
  });

  it('finds groups wherever they are named', () => {
    const beat = requestOf(heartbeat as Api, { groupId: 'g', memberId: 'm' });
    expect(partsOf(beat, { group: 'g' }, nobody)).to.deep.equal({ meant: beat.body, rest: null });
    expect(partsOf(beat, { group: 'h' }, nobody)).to.equal(null);
    const described = requestOf(describeGroups as Api, { groups: ['g', 'h'] });
    expect(partsOf(described, { group: 'h' }, nobody)).to.deep.equal({
      meant: { groups: ['h'] },
      rest: { groups: ['g'] },
    });
    const find = (body: object) => partsOf(requestOf(findCoordinator as Api, body), { group: 'g' }, nobody);
    expect(find({ key: 'g', keyType: 0, coordinatorKeys: [] })).not.to.equal(null);
    expect(find({ key: '', keyType: 0, coordinatorKeys: ['h', 'g'] })!.rest!['coordinatorKeys']).to.deep.equal(['h']);
    expect(find({ key: 'g', keyType: 1, coordinatorKeys: [] }), 'a transactional id').to.equal(null);
  });

  it('lets a fetch with an error wait for nothing, and leaves one of a session whole', () => {
    const topics = [
      { topic: 'a', partitions: [{ partition: 0 }] },
      { topic: 'b', partitions: [{ partition: 0 }] },
    ];
    const plain = requestOf(fetch as Api, { maxWaitMs: 500, sessionEpoch: -1, topics });
    expect(partsOf(plain, { topic: 'a' }, nobody)!.rest).to.deep.include({ maxWaitMs: 0, topics: topics.slice(1) });
    const ofSession = requestOf(fetch as Api, { maxWaitMs: 500, sessionEpoch: 3, topics });
    expect(partsOf(ofSession, { topic: 'a' }, nobody)!.rest).to.deep.include({ maxWaitMs: 0, topics });
  });
});

describe('merge', () => {
  it('puts the refused rows in the place of those of the answer, in the order of the request', () => {
    const request = requestOf(produce as Api, { topicData: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] });
    const row = (name: string, ...partitions: [number, number][]) => ({
      name,
      partitionResponses: partitions.map(([index, errorCode]) => ({ index, errorCode })),
    });
    const answer = { throttleTimeMs: 5, responses: [row('a', [0, 0], [2, 0]), row('c', [0, 0])] };
    const refused = { responses: [row('b', [0, 7]), row('a', [1, 7], [2, 7])] };
    expect(merge(request, answer, refused)).to.deep.equal({
      throttleTimeMs: 5,
      responses: [row('a', [0, 0], [1, 7], [2, 7]), row('b', [0, 7]), row('c', [0, 0])],
    });
  });
});
