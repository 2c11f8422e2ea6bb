import { expect } from 'chai';
import { exchanges } from '../../../lib/apis/exchanges';
import { type FieldAt, fieldsOf } from '../../../lib/protocol/rewrite';
import type { Primitive } from '../../../lib/protocol/schema';
import { brokerApis, idKindOf, idKinds, notRewritten } from '../../../lib/replay/ids/id-kinds';
import { type FieldDefinition, kafkaMessages } from '../../support/kafka-definitions';

interface Place {
  readonly api: string;
  /** `>` for a request, `<` for an answer. */
  readonly side: string;
  readonly parent: string;
  readonly name: string;
  readonly type: Primitive;
}

/** Elements of an array of values go by the name of the array. */
function placesOf(api: string, side: string, { name, parents, field }: FieldAt): Place[] {
  const { is } = field.declared.kind;
  return is === 'array' || is === 'struct' ? [] : [{ api, side, parent: parents.at(-1) ?? '', name, type: is }];
}

const places = [...exchanges().values()].flatMap(({ name, request, response }) => [
  ...fieldsOf(request).flatMap((at) => placesOf(name, '>', at)),
  ...fieldsOf(response).flatMap((at) => placesOf(name, '<', at)),
]);
interface KafkaField {
  readonly api: string;
  readonly parent: string;
  readonly name: string;
  readonly type: Primitive;
  readonly entityType: string | undefined;
}

function kafkaFieldsOf(api: string, parent: string, fields: readonly FieldDefinition[]): KafkaField[] {
  return fields.flatMap((field) => {
    const name = field.name[0]!.toLowerCase() + field.name.slice(1);
    const type = field.type.replace('[]', '').replace('int64', 'long') as Primitive;
    const { entityType } = field as { entityType?: string };
    return [{ api, parent, name, type, entityType }, ...kafkaFieldsOf(api, name, field.fields ?? [])];
  });
}

const kafkaFields = kafkaMessages()
  .filter(({ type }) => type === 'request' || type === 'response')
  .map(({ name, fields }) => ({ api: name.replace(/(Request|Response)$/, ''), fields }))
  .filter(({ api }) => !brokerApis.has(api))
  .flatMap(({ api, fields }) => kafkaFieldsOf(api, '', fields));

const isRewritten = ({ parent, name, type }: Place) => idKindOf(parent, name, type) !== null;
const exceptionsOf = ({ api, side, name }: Place) =>
  [`${api}${side}${name}`, `*${side}${name}`].filter((key) => notRewritten[key] !== undefined);

/** Names by which Kafka calls what a broker gives out, and what counts as such a thing whatever it is called: a uuid. */
const looksLikeId = ({ name, type }: Place) =>
  type === 'uuid' ||
  (['int16', 'int32', 'long', 'string'].includes(type) &&
    /(ids?|idfilters|epoch|offset|watermark|generation|leader|replicas?|isr|nodes|elr)$/i.test(name));

describe('idKinds', () => {
  it('have every field of Kafka’s messages that looks like an id, or say why not', () => {
    const forgotten = places
      .filter((place) => looksLikeId(place) && !isRewritten(place) && !brokerApis.has(place.api))
      .filter((place) => exceptionsOf(place).length === 0)
      .map(({ api, side, parent, name, type }) => `${api}${side}${parent}.${name}: ${type}`);
    expect(forgotten).to.deep.equal([]);
  });

  it('have every field that Kafka calls the id of a broker or of a producer', () => {
    const missing = kafkaFields.filter(
      ({ entityType, parent, name, type }) =>
        (entityType === 'brokerId' || entityType === 'producerId') && idKindOf(parent, name, type) === null,
    );
    expect(missing.map(({ api, parent, name }) => `${api}: ${parent}.${name}`)).to.deep.equal([]);
  });

  it('name no field that no message of Kafka has', () => {
    const names = new Set(kafkaFields.flatMap(({ parent, name }) => [name, `${parent}.${name}`]));
    const idle = idKinds.flatMap(({ name, fields }) =>
      fields.filter((field) => !names.has(field)).map((field) => `${name}: ${field}`),
    );
    expect(idle).to.deep.equal([]);
  });

  it('excuse no field that there is not, that is rewritten, or that does not look like an id', () => {
    const needed = new Set(places.filter((place) => looksLikeId(place) && !isRewritten(place)).flatMap(exceptionsOf));
    expect(Object.keys(notRewritten).filter((key) => !needed.has(key))).to.deep.equal([]);
    const names = new Set([...exchanges().values()].map(({ name }) => name));
    expect([...brokerApis].filter((name) => !names.has(name))).to.deep.equal([]);
  });

  it('tell fields of one name apart by their type and what is around them', () => {
    expect(idKindOf('', 'leader', 'string')?.name).to.equal('member id');
    expect(idKindOf('divergingEpoch', 'epoch', 'int32')?.name).to.equal('leader epoch');
    expect(idKindOf('topology', 'epoch', 'int32')).to.equal(null);
    expect(idKindOf('', 'memberId', 'int32')).to.equal(null);
  });
});
