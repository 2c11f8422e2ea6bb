import { expect } from 'chai';
import { array, int16, string } from '../../lib/protocol/schema';
import { Walks } from '../../lib/protocol/walks';

const schema = { errorCode: int16(), rows: array({ errorCode: int16(), name: string().nullable() }) };

describe('Walks', () => {
  it('look at the chosen fields, with what stands beside them', () => {
    const walks = new Walks<unknown[]>(({ name }) =>
      name === 'errorCode' ? (value, found, { name }) => void found.push([value, name]) : null,
    );
    const found: unknown[] = [];
    const rows = [
      { errorCode: 2, name: 'a' },
      { errorCode: 3, name: null },
    ];
    walks.of(schema)!({ errorCode: 1, rows }, found);
    expect(found).to.deep.equal([
      [1, undefined],
      [2, 'a'],
      [3, null],
    ]);
  });

  it('are none where a schema has nothing of interest', () => {
    expect(new Walks(() => null).of(schema)).to.equal(null);
  });

  it('ask once for each field of a schema', () => {
    const asked: string[] = [];
    const walks = new Walks(({ path }) => {
      asked.push(path);
      return path === 'errorCode' ? () => {} : null;
    });
    expect(walks.of(schema)).to.equal(walks.of(schema));
    expect(asked).to.deep.equal(['errorCode', 'rows', 'rows[]', 'rows[].errorCode', 'rows[].name']);
  });
});
