import { expect } from 'chai';
import { loadConfig } from '../../../lib/config';
import {
  type ConsumerGroup,
  newConsumerGroup,
  newConsumerMember,
} from '../../../lib/coordinators/groups/consumer-group';
import {
  checkRegex,
  groupTopics,
  mustLookUp,
  regexRecords,
  subscribedTopicIds,
} from '../../../lib/coordinators/groups/consumer-subscriptions';
import { KafkaError } from '../../../lib/errors';
import { cluster, topicIdOf } from '../../support/consumer-table';

const nowMs = 5_000_000;
const image = cluster({ a: 1, ab: 1, c: 1 });
const world = { nowMs, config: loadConfig({}), image };
const resolved = { topics: new Set(['a', 'ab']), version: 1, timestampMs: nowMs - 1000 };

function groupOf(regex: string | null, more: Partial<ConsumerGroup> = {}): ConsumerGroup {
  const member = { ...newConsumerMember('m'), subscribedTopicNames: ['c', 'x'], subscribedTopicRegex: regex };
  return { ...newConsumerGroup('group'), members: new Map([['m', member]]), seen: image, ...more };
}
const looked = (regex: string) => groupOf(regex, { regexes: new Map([[regex, resolved]]) });

describe('subscribedTopicIds', () => {
  it('are those of names and of what an expression stands for, as far as topics are there', () => {
    const group = groupOf('a.*', { regexes: new Map([['a.*', { ...resolved, topics: new Set(['a', 'gone']) }]]) });
    const ids = subscribedTopicIds(group.members.get('m')!, group.regexes, image);
    expect(ids).to.deep.equal(new Set([topicIdOf('c'), topicIdOf('a')]));
    expect(groupTopics(group, image)).to.deep.equal(new Set(['c', 'a']));
  });
});

describe('checkRegex', () => {
  it('throws for what is no expression, unless the group knows it', () => {
    for (const regex of [null, '', 'a.*']) expect(() => checkRegex(null, regex)).not.to.throw();
    let thrown: unknown;
    try {
      checkRegex(groupOf(null), '(');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).to.be.instanceOf(KafkaError).that.includes({ name: 'INVALID_REGULAR_EXPRESSION' });
    expect(() => checkRegex(looked('('), '(')).not.to.throw();
  });
});

describe('mustLookUp', () => {
  it('says so when topics came or went, when nobody knows, and when it was long ago', () => {
    const group = looked('a.*');
    expect(mustLookUp(group, world)).to.equal(false);
    expect(mustLookUp({ ...group, seen: null }, world)).to.equal(true);
    expect(mustLookUp(group, { ...world, image: cluster({ a: 1, ab: 1, c: 1, d: 1 }) })).to.equal(true);
    expect(mustLookUp(group, { ...world, image: cluster({ a: 1, c: 1 }) })).to.equal(true);
    expect(mustLookUp(group, { ...world, image: cluster({ a: 2, ab: 1, c: 1 }) })).to.equal(false);
    expect(mustLookUp(group, { ...world, nowMs: nowMs + 599_000 })).to.equal(true);
    expect(mustLookUp(groupOf(null, { seen: null }), world)).to.equal(false);
  });
});

describe('regexRecords', () => {
  const key = (regularExpression: string) => ({ groupId: 'group', regularExpression });

  it('looks new expressions up, and takes away those that nobody subscribes to', () => {
    const group = { ...groupOf('a.*'), regexes: new Map([['old', resolved]]) };
    expect(regexRecords(group, world)).to.deep.equal([
      { name: 'ConsumerGroupRegularExpression', key: key('old'), value: null },
      {
        name: 'ConsumerGroupRegularExpression',
        key: key('a.*'),
        value: { topics: ['a', 'ab'], version: image.lastOffset, timestamp: nowMs },
      },
    ]);
  });

  it('writes none that stands for what it stood for a while ago', () => {
    expect(regexRecords(looked('a.*'), world)).to.deep.equal([]);
    expect(regexRecords({ ...looked('a.*'), seen: null }, world)).to.deep.equal([]);
    expect(regexRecords(looked('a.*'), { ...world, nowMs: nowMs + 599_000 })).to.have.length(1);
    expect(regexRecords({ ...looked('[ac]'), seen: null }, world)).to.have.length(1);
  });

  it('leaves one that another broker took and this one does not as it was', () => {
    expect(regexRecords({ ...looked('('), seen: null }, world)).to.deep.equal([]);
  });
});
