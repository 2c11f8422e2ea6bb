import { expect } from 'chai';
import fc from 'fast-check';
import { exchanges } from '../../lib/apis/exchanges';
import { type Change, type FieldAt, fieldsOf, rewriter, type Struct } from '../../lib/protocol/rewrite';
import type { AnyField, Schema } from '../../lib/protocol/schema';
import { array, int32, string, struct } from '../../lib/protocol/schema';
import { completed } from '../support/reference-codec';
import { draftsOf, schemasOf } from '../support/schema-arbitraries';

const schema = {
  keyType: int32(),
  key: string().until(3).default(''),
  coordinatorKeys: array(string()).since(4).nullable().default([]),
  topics: array({
    name: string().nullable(),
    partitions: array({ index: int32(), leader: struct({ host: string(), port: int32() }).nullable().tag(0, 1) }),
  }),
};

const body = {
  keyType: 1,
  key: 'a',
  coordinatorKeys: ['b', 'c'],
  topics: [
    {
      name: 'orders',
      partitions: [
        { index: 0, leader: { host: 'x', port: 1 } },
        { index: 1, leader: null },
      ],
    },
    { name: null, partitions: [] },
  ],
};

/** A choice of one field. */
const at = (path: string, change: Change<void>) => (field: FieldAt) => (field.path === path ? change : null);

describe('fieldsOf', () => {
  it('tells each field with its path, outer ones first, and the elements of arrays', () => {
    const told = fieldsOf(schema).map(({ path, name, parents }) => [path, name, parents.join()]);
    expect(told).to.deep.equal([
      ['keyType', 'keyType', ''],
      ['key', 'key', ''],
      ['coordinatorKeys', 'coordinatorKeys', ''],
      ['coordinatorKeys[]', 'coordinatorKeys', ''],
      ['topics', 'topics', ''],
      ['topics[]', 'topics', ''],
      ['topics[].name', 'name', 'topics'],
      ['topics[].partitions', 'partitions', 'topics'],
      ['topics[].partitions[]', 'partitions', 'topics'],
      ['topics[].partitions[].index', 'index', 'topics,partitions'],
      ['topics[].partitions[].leader', 'leader', 'topics,partitions'],
      ['topics[].partitions[].leader.host', 'host', 'topics,partitions,leader'],
      ['topics[].partitions[].leader.port', 'port', 'topics,partitions,leader'],
    ]);
  });

  it('tells what each field is; elements of arrays are told by their own', () => {
    const kinds = new Map(fieldsOf(schema).map(({ path, field }) => [path, field.declared.kind.is]));
    expect(['coordinatorKeys', 'coordinatorKeys[]', 'topics[]'].map((path) => kinds.get(path))).to.deep.equal([
      'array',
      'string',
      'struct',
    ]);
  });

  it('has one path for each field of every message of Kafka', () => {
    for (const { name, request, response } of exchanges().values()) {
      for (const one of [request, response]) {
        const paths = fieldsOf(one).map(({ path }) => path);
        expect(new Set(paths).size, name).to.equal(paths.length);
      }
    }
  });
});

describe('rewriter', () => {
  it('changes what is wanted and shares everything else', () => {
    const rewrite = rewriter(
      schema,
      at('topics[].partitions[].leader.host', () => 'y'),
    );
    const made = rewrite(body);
    expect(made.topics[0]!.partitions[0]!.leader).to.deep.equal({ host: 'y', port: 1 });
    expect(body.topics[0]!.partitions[0]!.leader).to.deep.equal({ host: 'x', port: 1 });
    expect(made.coordinatorKeys).to.equal(body.coordinatorKeys);
    expect(made.topics[1]).to.equal(body.topics[1]);
    expect(made.topics[0]!.partitions[1]).to.equal(body.topics[0]!.partitions[1]);
  });

  it('gives the body itself where nothing changes, and where nothing is wanted', () => {
    expect(
      rewriter(
        schema,
        at('topics[].name', (name) => name),
      )(body),
    ).to.equal(body);
    expect(rewriter(schema, () => null)(body)).to.equal(body);
  });

  it('changes elements of arrays one by one, or the array as a whole', () => {
    const each = rewriter(
      schema,
      at('coordinatorKeys[]', (key) => `t-${String(key)}`),
    );
    expect(each(body).coordinatorKeys).to.deep.equal(['t-b', 't-c']);
    const fewer = rewriter(
      schema,
      at('topics', (topics) => (topics as unknown[]).slice(1)),
    );
    expect(fewer(body).topics).to.deep.equal([body.topics[1]]);
  });

  it('gives outer fields what inner ones made of them', () => {
    const rewrite = rewriter(schema, ({ path }) => {
      if (path === 'coordinatorKeys[]') return (key) => `${String(key)}!`;
      return path === 'coordinatorKeys' ? (keys) => [(keys as string[]).join()] : null;
    });
    expect(rewrite(body).coordinatorKeys).to.deep.equal(['b!,c!']);
  });

  it('shows what stands beside a field, as it was, and passes the context on', () => {
    const seen: unknown[] = [];
    const rewrite = rewriter<typeof schema, string>(schema, ({ path }) => {
      if (path === 'keyType') return () => 7;
      return path === 'key' || path === 'coordinatorKeys[]'
        ? (value, context, siblings) => {
            seen.push([value, context, siblings === body]);
            return value;
          }
        : null;
    });
    expect(rewrite(body, 'ctx').keyType).to.equal(7);
    expect(seen).to.deep.equal([
      ['a', 'ctx', true],
      ['b', 'ctx', true],
      ['c', 'ctx', true],
    ]);
  });

  it('asks about no null and nothing that a draft leaves out', () => {
    const rewrite = rewriter(schema, ({ name }) =>
      name === 'name' || name === 'key' || name === 'leader' ? fail : null,
    );
    const draft = { keyType: 0, topics: [{ name: null, partitions: [{ index: 0 }] }] };
    expect(rewrite(draft)).to.equal(draft);
    expect(rewriter(schema, at('coordinatorKeys[]', fail))({ ...draft, coordinatorKeys: null })).to.deep.equal({
      ...draft,
      coordinatorKeys: null,
    });
  });

  it('asks once for each field, when it is made', () => {
    const asked: string[] = [];
    const rewrite = rewriter(schema, ({ path }) => {
      asked.push(path);
      return null;
    });
    rewrite(body);
    rewrite(body);
    expect(asked).to.deep.equal(fieldsOf(schema).map(({ path }) => path));
  });

  it('makes of any body what a plain walk over all of it makes, and changes nothing in place', () => {
    const samples = schemasOf(3).chain((any) =>
      fc.record({
        any: fc.constant(any),
        draft: draftsOf(any, 2),
        isWhole: fc.boolean(),
        wanted: fc.func(fc.nat(2)),
      }),
    );
    const property = fc.property(samples, ({ any, draft, isWhole, wanted }) => {
      const given = frozen(isWhole ? completed(any, 2, true, draft) : draft) as Struct;
      const changes = changesOf(any, wanted);
      const made = rewriter(any, ({ path }) => changes.get(path) ?? null)(given, 'ctx');
      const walked = walk(any, '', given, changes);
      expect(made).to.deep.equal(walked);
      expectShared(given, made);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

function fail(): never {
  throw new Error('asked');
}

/** For about a third of the fields a change, and for another third one that changes nothing. */
function changesOf(any: Schema, wanted: (path: string) => number): Map<string, Change<string>> {
  const changes = new Map<string, Change<string>>();
  for (const { path } of fieldsOf(any)) {
    const kind = wanted(path);
    if (kind === 0) changes.set(path, (value, context, siblings) => [value, context, path, Object.keys(siblings)]);
    if (kind === 1) changes.set(path, (value) => value);
  }
  return changes;
}

/** The oracle: walks everything and copies everything. */
function walk(any: Schema, prefix: string, body: Struct, changes: Map<string, Change<string>>): Struct {
  const visit = (field: AnyField, path: string, value: unknown): unknown => {
    if (value === null || value === undefined) return value;
    const { kind } = field.declared;
    let made = value;
    if (kind.is === 'struct') made = walk(kind.fields, `${path}.`, value as Struct, changes);
    if (kind.is === 'array') made = (value as unknown[]).map((one) => visit(kind.element, `${path}[]`, one));
    return changes.get(path)?.(made, 'ctx', body) ?? made;
  };
  const each = Object.entries(body).map(([name, value]) => [name, visit(any[name]!, prefix + name, value)]);
  return Object.fromEntries(each);
}

function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

/** What is equal before and after, whole structs and arrays too, is the same object. */
function expectShared(before: unknown, after: unknown): void {
  if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null) return;
  const keys = Object.keys(before);
  const isAlike = Array.isArray(before) === Array.isArray(after) && keys.length === Object.keys(after).length;
  if (!isAlike) return;
  const [was, is] = [before as Struct, after as Struct];
  if (keys.every((key) => Object.is(was[key], is[key]))) expect(after).to.equal(before);
  for (const key of keys) expectShared(was[key], is[key]);
}
