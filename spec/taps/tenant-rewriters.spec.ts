import { expect } from 'chai';
import { exchanges } from '../../lib/apis/exchanges';
import { Reader, Writer } from '../../lib/protocol/bytes';
import type { Codec } from '../../lib/protocol/compile';
import { nameKindOf } from '../../lib/protocol/named-fields';
import { fieldsOf, rewriter } from '../../lib/protocol/rewrite';
import { covers, type Schema } from '../../lib/protocol/schema';
import { Tenant } from '../../lib/taps/tenant';
import { StrangeIds } from '../../lib/taps/tenant-ids';
import { type Passing, toBroker, toClient } from '../../lib/taps/tenant-rewriters';
import { fixtureLines, type Vector } from '../support/kafka-definitions';

const uuid = 'b3JkZXJzb3JkZXJzMTIzNA';
const apiOf = (name: string) => [...exchanges().values()].find((exchange) => exchange.name === name)!;

function passingBy(version: number): Passing {
  return { tenant: new Tenant('a-', new StrangeIds()), version, protocolType: 'consumer' };
}

/** Names with the prefix before them, and all else as it is. */
function prefixed(schema: Schema, version: number, body: object): object {
  const add = rewriter<Schema>(schema, (at) => {
    const isThere = covers(at.field.declared.versions, version) && nameKindOf(at) !== null;
    return isThere ? (value) => (value === '' ? value : `a-${value}`) : null;
  });
  return add(body as never, undefined);
}

function writtenBy(codec: Codec<Schema>, body: object): string {
  const writer = new Writer();
  codec.write(writer, body as never);
  return writer.takeBuffer().toString('hex');
}

const vectors = (name: string) =>
  fixtureLines<Vector>(name).filter(({ key, version }) => {
    const exchange = exchanges().get(key);
    return exchange !== undefined && covers(exchange.versions, version);
  });

describe('toBroker', () => {
  it('prefixes every name of every request that Kafka wrote', () => {
    let named = 0;
    for (const { key, version, hex } of vectors('golden-requests.jsonl.gz')) {
      const api = exchanges().get(key)!;
      const body = api.requestCodec(version).read(new Reader(Buffer.from(hex, 'hex')));
      const sent = (() => {
        try {
          return toBroker(api as never)(body, passingBy(version));
        } catch (refusal) {
          // Filters of all ACLs, and expressions that are none.
          expect(String(refusal)).to.match(/^INVALID_(REQUEST|REGULAR_EXPRESSION): /);
          return null;
        }
      })();
      if (sent === null) continue;
      const codec = api.requestCodec(version);
      const read = codec.read(new Reader(Buffer.from(writtenBy(codec, sent), 'hex')));
      const check = rewriter<Schema>(api.request, (at) => {
        if (nameKindOf(at) === null || !covers(at.field.declared.versions, version)) return null;
        return (value) => {
          if (value !== '') expect(value, `${api.name} v${version} ${at.path}`).to.match(/^a-/);
          named++;
          return value;
        };
      });
      check(read as never, undefined);
    }
    expect(named).to.be.greaterThan(200);
  });

  it('gives the very body where nothing in it is a name', () => {
    const fetch = apiOf('Fetch');
    const passing = passingBy(13);
    passing.tenant.ids.learn(uuid);
    const body = { topics: [{ topic: '', topicId: uuid, partitions: [] }], forgottenTopicsData: [] };
    expect(toBroker(fetch as never)(body, passing)).to.equal(body);
  });

  it('sends ids that the tenant was not told of as ids of nothing', () => {
    const body = { topics: [{ topic: '', topicId: uuid, partitions: [] }] };
    const sent = toBroker(apiOf('Fetch') as never)(body, passingBy(13)) as typeof body;
    expect(sent.topics[0]!.topicId).not.to.equal(uuid);
  });

  it('prefixes the keys of coordinators, of whatever they are', () => {
    const asked = { key: 'g', keyType: 0, coordinatorKeys: ['g', `g:${uuid}:0`] };
    expect(toBroker(apiOf('FindCoordinator') as never)(asked, passingBy(3))).to.deep.include({ key: 'a-g' });
    expect(toBroker(apiOf('FindCoordinator') as never)(asked, passingBy(4))).to.deep.include({
      coordinatorKeys: ['a-g', `a-g:${uuid}:0`],
    });
  });

  it('leaves an empty topic to the broker to refuse, and gives an empty group a name', () => {
    const create = { topics: [{ name: '' }] };
    expect(toBroker(apiOf('CreateTopics') as never)(create, passingBy(7))).to.equal(create);
    expect(toBroker(apiOf('Heartbeat') as never)({ groupId: '' }, passingBy(4))).to.deep.equal({ groupId: 'a-' });
  });
});

describe('toClient', () => {
  it('gives back every answer that Kafka wrote as it would be without a prefix', () => {
    for (const { key, version, hex } of vectors('golden-responses.jsonl.gz')) {
      const api = exchanges().get(key)!;
      // Its names are by API and not by field.
      if (/FindCoordinator|Config|Acls/.test(api.name)) continue;
      const codec = api.responseCodec(version);
      const body = codec.read(new Reader(Buffer.from(hex, 'hex')));
      const answered = toClient(api as never)(prefixed(api.response, version, body), passingBy(version));
      const regexes = fieldsOf(api.response).some(({ name }) => name === 'subscribedTopicRegex');
      if (!regexes) expect(writtenBy(codec, answered), `${api.name} v${version}`).to.equal(hex);
    }
  });

  it('leaves out what is of others', () => {
    const groups = [{ groupId: 'a-g' }, { groupId: 'b-g' }, { groupId: 'g' }];
    expect(toClient(apiOf('ListGroups') as never)({ groups }, passingBy(4))).to.deep.equal({
      groups: [{ groupId: 'g' }],
    });
    const topics = [{ name: 'a-t', topicId: uuid }, { name: '__consumer_offsets' }, { name: null }];
    expect(toClient(apiOf('Metadata') as never)({ topics }, passingBy(12))).to.deep.equal({
      topics: [{ name: 't', topicId: uuid }, { name: null }],
    });
    const resources = [
      { resourceType: 2, resourceName: 'a-t' },
      { resourceType: 2, resourceName: 'b-t' },
      { resourceType: 16, resourceName: 'm' },
    ];
    expect(toClient(apiOf('ListConfigResources') as never)({ configResources: resources }, passingBy(1))).to.deep.equal(
      {
        configResources: [
          { resourceType: 2, resourceName: 't' },
          { resourceType: 16, resourceName: 'm' },
        ],
      },
    );
  });

  it('learns the ids of the tenant’s topics, and none of others', () => {
    const other = 'c2VjcmV0c2VjcmV0MTIzNA';
    const passing = passingBy(12);
    const topics = [
      { name: 'a-t', topicId: uuid },
      { name: 'b-t', topicId: other },
    ];
    toClient(apiOf('Metadata') as never)({ topics }, passing);
    expect([passing.tenant.ids.toBroker(uuid), passing.tenant.ids.toBroker(other)]).to.satisfy(
      ([own, strange]: string[]) => own === uuid && strange !== other,
    );
  });

  it('learns ids from what a group of the tenant’s is given', () => {
    const passing = passingBy(1);
    const assignment = { topicPartitions: [{ topicId: uuid, partitions: [0] }] };
    toClient(apiOf('ConsumerGroupHeartbeat') as never)({ assignment }, passing);
    expect(passing.tenant.ids.toBroker(uuid)).to.equal(uuid);
  });

  it('names a topic that is not there by the id that was asked for', () => {
    const passing = passingBy(13);
    const ask = { topics: [{ topic: '', topicId: uuid, partitions: [] }] };
    const sent = toBroker(apiOf('Fetch') as never)(ask, passing) as typeof ask;
    const responses = [{ topicId: sent.topics[0]!.topicId, partitions: [] }];
    expect(toClient(apiOf('Fetch') as never)({ responses }, passing)).to.deep.equal({
      responses: [{ topicId: uuid, partitions: [] }],
    });
  });

  it('goes on with a listing among the tenant’s own topics only', () => {
    const next = (topicName: string) =>
      toClient(apiOf('DescribeTopicPartitions') as never)(
        { topics: [], nextCursor: { topicName, partitionIndex: 3 } },
        passingBy(0),
      );
    expect(next('a-t')).to.have.deep.property('nextCursor', { topicName: 't', partitionIndex: 3 });
    expect(next('__x')).to.have.deep.property('nextCursor', { topicName: '', partitionIndex: 0 });
    expect(next('b-t')).to.have.deep.property('nextCursor', null);
    const cursor = { topicName: '', partitionIndex: 0 };
    expect(toBroker(apiOf('DescribeTopicPartitions') as never)({ topics: [], cursor }, passingBy(0))).to.deep.equal({
      topics: [],
      cursor: { topicName: 'a-', partitionIndex: 0 },
    });
  });
});
