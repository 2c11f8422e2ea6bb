import { expect } from 'chai';
import { exchanges } from '../../lib/apis/exchanges';
import {
  carriedBy,
  isCoordinatorKey,
  isErrorCode,
  isResourceName,
  isTopicId,
  nameKindOf,
  namesGroup,
  namesTopic,
  topicBeside,
} from '../../lib/protocol/named-fields';
import { type FieldAt, fieldsOf } from '../../lib/protocol/rewrite';
import { type FieldDefinition, fieldName, kafkaMessages } from '../support/kafka-definitions';

const kindsOfKafka: Readonly<Record<string, string>> = {
  topicName: 'topic',
  groupId: 'group',
  transactionalId: 'transaction',
};

/** What Kafka's definitions say that each field names, by path. */
function entities(fields: readonly FieldDefinition[], before = ''): [path: string, kind: string][] {
  return fields.flatMap((definition) => {
    const path = before + fieldName(definition) + (definition.type.startsWith('[]') ? '[]' : '');
    const kind = kindsOfKafka[definition.entityType ?? ''];
    return [
      ...(kind === undefined ? [] : [[path, kind] as [string, string]]),
      ...entities(definition.fields ?? [], `${path}.`),
    ];
  });
}

/** All fields of all messages, with their message and what Kafka says that they name. */
const all = kafkaMessages().flatMap(({ apiKey, type, fields }) => {
  const exchange = type === 'request' || type === 'response' ? exchanges().get(apiKey ?? -1) : undefined;
  if (exchange === undefined) return [];
  const named = new Map(entities(fields));
  const schema = type === 'request' ? exchange.request : exchange.response;
  return fieldsOf(schema).map((at) => ({
    message: `${exchange.name} ${type} ${at.path}`,
    at,
    kafka: named.get(at.path),
  }));
});
/** Messages and paths of the fields that are found, as `Fetch request topics[].topic`. */
const messagesWith = (is: (at: FieldAt) => boolean) => all.filter(({ at }) => is(at)).map(({ message }) => message);
const isText = ({ field }: FieldAt) => field.declared.kind.is === 'string';

describe('nameKindOf', () => {
  it('finds every name of a topic, a group or a transaction that Kafka knows of, in every message', () => {
    const missed = all.filter(({ at, kafka }) => kafka !== undefined && nameKindOf(at) !== kafka);
    expect(missed.map(({ message, kafka }) => `${message}: ${kafka}`)).to.deep.equal([]);
    expect(all.filter(({ kafka }) => kafka !== undefined).length).to.be.greaterThan(130);
  });

  it('takes nothing else for a name, but for what Kafka has not marked', () => {
    const more = all.filter(({ at, kafka }) => kafka === undefined && nameKindOf(at) !== null);
    expect(more.map(({ message }) => message)).to.deep.equal([
      // between the brokers, of the state of share groups
      ...['InitializeShareGroupState', 'ReadShareGroupState', 'WriteShareGroupState'].map(
        (api) => `${api} request groupId`,
      ),
      'DeleteShareGroupState request groupId',
      'ReadShareGroupStateSummary request groupId',
    ]);
  });

  it('leaves no field aside that sounds like one', () => {
    const sounding = all.filter(({ at }) => isText(at) && /topic|group|transactional/i.test(at.name));
    const aside = sounding.filter(({ at }) => nameKindOf(at) === null).map(({ message }) => message);
    expect(
      aside.filter((message) => !/Regex|Pattern|InstanceId|State|Type/.test(message.split(' ')[2]!)),
    ).to.deep.equal([]);
  });
});

describe('isTopicId', () => {
  it('finds every id of a topic: other ids are of directories, clients and brokers', () => {
    const ids = all.filter(({ at }) => at.field.declared.kind.is === 'uuid' && !at.path.endsWith('[]'));
    const others = new Set(ids.filter(({ at }) => !isTopicId(at)).map(({ at }) => at.name));
    expect([...others].filter((name) => /topic/i.test(name))).to.deep.equal([]);
    expect(ids.filter(({ at }) => isTopicId(at)).length).to.be.greaterThan(20);
  });
});

describe('carriedBy', () => {
  it('finds what classic consumers say to each other through the coordinator', () => {
    expect(messagesWith((at) => carriedBy(at) === 'subscription')).to.have.members([
      'JoinGroup request protocols[].metadata',
      'JoinGroup response members[].metadata',
      'DescribeGroups response groups[].members[].memberMetadata',
    ]);
    expect(messagesWith((at) => carriedBy(at) === 'assignment')).to.have.members([
      'SyncGroup request assignments[].assignment',
      'SyncGroup response assignment',
      'DescribeGroups response groups[].members[].memberAssignment',
    ]);
  });
});

describe('isCoordinatorKey', () => {
  it('finds the keys that FindCoordinator is asked for', () => {
    expect(messagesWith(isCoordinatorKey)).to.deep.equal([
      'FindCoordinator request key',
      'FindCoordinator request coordinatorKeys[]',
    ]);
  });
});

describe('namesGroup', () => {
  it('tells groups from transactions', () => {
    expect([0, 1].map((keyType) => namesGroup({ keyType }))).to.deep.equal([true, false]);
  });
});

describe('isResourceName', () => {
  it('finds what describes and alters configurations', () => {
    const apis = new Set(messagesWith(isResourceName).map((path) => path.split(' ')[0]));
    expect([...apis]).to.include.members(['DescribeConfigs', 'AlterConfigs', 'IncrementalAlterConfigs']);
  });
});

describe('namesTopic', () => {
  it('tells topics from brokers', () => {
    expect([2, 4].map((resourceType) => namesTopic({ resourceType }))).to.deep.equal([true, false]);
  });
});

describe('topicBeside', () => {
  it('gives the name that stands with an id, if it says anything', () => {
    const seen = [{ name: 'a' }, { topicName: 'b' }, { topic: 'c' }, { name: '' }, { name: null }, {}].map(topicBeside);
    expect(seen).to.deep.equal(['a', 'b', 'c', null, null, null]);
  });
});

describe('isErrorCode', () => {
  it('finds one in the answer of every API but Envelope’s content', () => {
    const apis = new Set(messagesWith(isErrorCode).map((path) => path.split(' ')[0]));
    expect([...exchanges().values()].map(({ name }) => name).filter((name) => !apis.has(name))).to.deep.equal([]);
    expect(messagesWith(isErrorCode).filter((path) => path.includes(' request '))).to.deep.equal([]);
  });
});
