import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import { loadTransform, type MakeTransform, ownTransform, transform } from '../../lib/pipeline/transform';

describe('transform', () => {
  const makers: [string, MakeTransform][] = [
    ['through2', transform],
    ['its like', ownTransform],
  ];
  for (const [name, make] of makers) {
    it(`gives each item to a function, and calls another one at the end: ${name}`, async () => {
      const each = (item: number, _encoding: BufferEncoding, done: (error?: Error | null, item?: number) => void) =>
        done(null, item * 2);
      const doubling = make({ objectMode: true }, each as never, (done) => done(null, 'end'));
      const seen: unknown[] = [];
      doubling.on('data', (item) => seen.push(item));
      doubling.write(1);
      doubling.write(2);
      doubling.end();
      await pipeline(doubling, async function* () {});
      expect(seen).to.deep.equal([2, 4, 'end']);
    });
  }
});

describe('loadTransform', () => {
  const failing = (code: string) => () => {
    throw Object.assign(new Error('no module'), { code });
  };

  it("takes Node's own where nobody can load an ES module, and there only", () => {
    expect(transform).not.to.equal(ownTransform);
    expect(loadTransform(failing('ERR_REQUIRE_ESM'))).to.equal(ownTransform);
    expect(() => loadTransform(failing('MODULE_NOT_FOUND'))).to.throw('no module');
  });
});
