/**
 * Specs mirror lib: lib/a/b.ts has spec/a/b.spec.ts, and a spec stands for a file that is there.
 *
 * A spec that would grow too long may be several: spec/a/b.<aspect>.spec.ts. A file that does nothing when it runs
 * (types, or a door that passes on what others export) needs none.
 */
import { expect } from 'chai';
import { hasBehaviour, isFile, sourceFiles } from '../support/source-files';

/** Files and folders with behaviour that have no spec of their own, and why. */
const exempt: Readonly<Record<string, string>> = {
  'lib/apis/unserved/': 'declarations alone; spec/apis/exchanges.spec.ts holds each to Kafka',
};
const means = (name: string, file: string) => (name.endsWith('/') ? file.startsWith(name) : file === name);

/** Folders of spec that mirror nothing: they are about the whole, or serve the specs. */
const apart = ['house', 'types', 'conformance', 'bench', 'simulation', 'support'];

const libFiles = sourceFiles('lib');
const specFiles = sourceFiles('spec').filter((file) => file.endsWith('.spec.ts'));
const mirroring = specFiles.filter((file) => !apart.includes(file.split('/')[1]!));

/** The file that a spec is about: lib/protocol/compile.ts for spec/protocol/compile.agreement.spec.ts. */
function subjectOf(spec: string): string {
  const named = spec.replace(/^spec\//, 'lib/').replace(/\.spec\.ts$/, '');
  const whole = `${named}.ts`;
  return isFile(whole) ? whole : `${named.replace(/\.[^./]+$/, '')}.ts`;
}

const subjects = new Set(mirroring.map(subjectOf));
const bare = libFiles.filter((file) => !subjects.has(file) && hasBehaviour(file));

describe('Specs', () => {
  it('are there for every file of lib that does something', () => {
    const names = Object.keys(exempt);
    expect(bare.filter((file) => !names.some((name) => means(name, file)))).to.deep.equal([]);
  });

  it('stand for a file of lib', () => {
    expect(mirroring.filter((spec) => !isFile(subjectOf(spec)))).to.deep.equal([]);
  });

  it('are not excused where there is one, or nothing to specify', () => {
    expect(Object.keys(exempt).filter((name) => !bare.some((file) => means(name, file)))).to.deep.equal([]);
  });
});
