import { expect } from 'chai';
import * as fc from 'fast-check';
import { MapDraft, ShardedMap } from '../../lib/storage/sharded-map';

describe('ShardedMap', () => {
  it('is what the changes of its drafts make it, as a Map would be', () => {
    const key = fc.oneof(fc.string(), fc.integer());
    const change = fc.record({ key, value: fc.option(fc.integer(), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(fc.array(change)), (drafts) => {
        const model = new Map<string | number, number>();
        let map: ReadonlyMap<string | number, number> = new ShardedMap();
        for (const changes of drafts) {
          const before = map;
          const entries = new Map(before);
          const draft = new MapDraft(map);
          for (const { key: changed, value } of changes) {
            if (value === undefined) draft.delete(changed);
            else draft.set(changed, value);
            if (value === undefined) model.delete(changed);
            else model.set(changed, value);
            expect(draft.get(changed)).to.equal(value);
            expect(draft.has(changed)).to.equal(value !== undefined);
          }
          expect(new Set(draft.values())).to.deep.equal(new Set(model.values()));
          map = draft.result;
          expect(new Map(before)).to.deep.equal(entries);
        }
        expect(map.size).to.equal(model.size);
        expect(new Map(map)).to.deep.equal(model);
        expect(new Map([...map.keys()].map((one) => [one, map.get(one)]))).to.deep.equal(model);
        expect([...map.values()].sort()).to.deep.equal([...model.values()].sort());
        const seen = new Map<string | number, number>();
        map.forEach((value, one) => {
          seen.set(one, value);
        });
        expect(seen).to.deep.equal(model);
        expect([...model.keys()].every((one) => map.has(one))).to.equal(true);
      }),
    );
  });

  it('stays the same object through a draft that changes nothing', () => {
    const draft = new MapDraft(new ShardedMap<string, number>());
    draft.set('a', 1);
    const map = draft.result;
    const idle = new MapDraft(map);
    idle.delete('b');
    expect(idle.result).to.equal(map);
  });

  it('takes over the entries of any other map', () => {
    expect(new Map(new MapDraft(new Map([['a', 1]])).result)).to.deep.equal(new Map([['a', 1]]));
  });
});
