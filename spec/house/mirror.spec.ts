/**
 * Specs mirror lib: lib/a/b.ts has spec/a/b.spec.ts, and a spec stands for a file that is there.
 *
 * A spec that would grow too long may be several: spec/a/b.<aspect>.spec.ts. A file that does nothing when it runs
 * (types, or a door that passes on what others export) needs none.
 */
import { expect } from 'chai';
import { hasBehaviour, isFile, sourceFiles } from '../support/source-files';

/** Files with behaviour that have no spec of their own, and why. */
const exempt: Readonly<Record<string, string>> = {};

/** Folders of spec that mirror nothing: they are about the whole, or serve the specs. */
const apart = ['house', 'types', 'conformance', 'bench', 'support'];

const libFiles = sourceFiles('lib');
const specFiles = sourceFiles('spec').filter((file) => file.endsWith('.spec.ts'));
const mirroring = specFiles.filter((file) => !apart.includes(file.split('/')[1]!));

/** The file that a spec is about: lib/protocol/compile.ts for spec/protocol/compile.agreement.spec.ts. */
function subjectOf(spec: string): string {
  const named = spec.replace(/^spec\//, 'lib/').replace(/\.spec\.ts$/, '');
  const whole = `${named}.ts`;
  return isFile(whole) ? whole : `${named.replace(/\.[^./]+$/, '')}.ts`;
}

describe('Specs', () => {
  it('are there for every file of lib that does something', () => {
    const subjects = new Set(mirroring.map(subjectOf));
    const bare = libFiles.filter((file) => !subjects.has(file) && exempt[file] === undefined && hasBehaviour(file));
    expect(bare).to.deep.equal([]);
  });

  it('stand for a file of lib', () => {
    expect(mirroring.filter((spec) => !isFile(subjectOf(spec)))).to.deep.equal([]);
  });

  it('are not excused where there is one, or nothing to specify', () => {
    const subjects = new Set(mirroring.map(subjectOf));
    const idle = Object.keys(exempt).filter((file) => !isFile(file) || subjects.has(file) || !hasBehaviour(file));
    expect(idle).to.deep.equal([]);
  });
});
