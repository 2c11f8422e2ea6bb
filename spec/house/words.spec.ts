/**
 * Words that must not be in the source, and sizes it must not have. What is allowed nevertheless is listed with its reason.
 */
import { expect } from 'chai';
import ts from 'typescript';
import { lineOf, nodesOf, sourceFiles, textOf } from '../support/source-files';

const fileMaxLines = 400;

/** Time and chance come from outside (the scheduler, a parameter), so that specs decide them. */
const clocksOfLib: Readonly<Record<string, string>> = {
  'lib/storage/pace.ts': 'measures how long the disk takes; specs pass a clock of their own',
  'lib/capture/fine-clock.ts': 'microseconds of recordings under the real clock; specs pass a clock of their own',
  'lib/pipeline/stopwatch.ts': 'measures how long stages take; specs pass a clock of their own',
  'lib/storage/segment.ts': 'jitter of the roll time, so that segments of many partitions do not roll at once',
};

/** Specs do not sleep; these files, and those of these folders, wait for somebody outside this process. */
const waitsOfSpecs: Readonly<Record<string, string>> = {
  'spec/bench/': 'measures real time',
  'spec/conformance/': 'other programs in their own time; each wait ends as soon as what it waits for is there',
  'spec/support/child.ts': 'a deadline for another program',
  'spec/support/probe.ts': 'asks again until a broker in another process answers',
  'spec/support/steady-producer.ts': 'waits for the next acknowledgement from the network',
  'spec/support/wire.ts': 'a deadline for an answer from the network',
  'spec/support/writing.ts': 'asks again until Apache Kafka gives out producer ids',
};

const clocks = new Set([
  'Date.now',
  'performance.now',
  'process.hrtime',
  'process.hrtime.bigint',
  'Math.random',
  'setTimeout',
  'setInterval',
]);
const sleeps = new Set(['setTimeout', 'setInterval', 'Atomics.wait']);

const libFiles = sourceFiles('lib');
const specFiles = sourceFiles('spec');

/** Where `finds` says yes, as `file:line what`. */
function places(files: readonly string[], finds: (node: ts.Node) => string | null): string[] {
  const found: string[] = [];
  for (const file of files) {
    for (const node of nodesOf(file)) {
      const what = finds(node);
      if (what !== null) found.push(`${file}:${lineOf(file, node)} ${what}`);
    }
  }
  return found;
}

/** A name of the list that is used as a value: `Date.now`, `setTimeout`, but not `socket.setTimeout` or a key. */
function use(names: ReadonlySet<string>): (node: ts.Node) => string | null {
  return (node) => {
    if (ts.isPropertyAccessExpression(node)) return names.has(node.getText()) ? node.getText() : null;
    if (!ts.isIdentifier(node) || !names.has(node.text)) return null;
    const { parent } = node;
    const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node;
    return isMember || ts.isPropertyAssignment(parent) || ts.isTypeNode(parent) ? null : node.text;
  };
}

/** The current time as an object; a Date of a given time reads no clock. */
function now(node: ts.Node): string | null {
  const isNow = ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length;
  return isNow ? 'new Date()' : null;
}

function without(allowed: Readonly<Record<string, string>>, files: readonly string[]): string[] {
  return files.filter((file) => !Object.keys(allowed).some((name) => isIn(name, file)));
}

/** Whether a name of a list stands for a file: its own, or that of a folder around it. */
function isIn(name: string, file: string): boolean {
  return name.endsWith('/') ? file.startsWith(name) : file === name;
}

/** Names of a list that none of the files needs. */
function idle(
  allowed: Readonly<Record<string, string>>,
  files: readonly string[],
  names: ReadonlySet<string>,
): string[] {
  return Object.keys(allowed).filter((name) => {
    const meant = files.filter((file) => isIn(name, file));
    return places(meant, use(names)).length === 0;
  });
}

describe('The source of lib', () => {
  it('reads no clock and rolls no dice', () => {
    const files = without(clocksOfLib, libFiles);
    expect([...places(files, use(clocks)), ...places(files, now)]).to.deep.equal([]);
  });

  it('is not excused from that where it does not need to be', () => {
    expect(idle(clocksOfLib, libFiles, clocks)).to.deep.equal([]);
  });

  it('has files of one thing each', () => {
    const long = libFiles.map((file) => `${file} ${textOf(file).split('\n').length}`);
    expect(long.filter((one) => Number(one.split(' ')[1]) > fileMaxLines)).to.deep.equal([]);
  });

  it('opens every file with what it is', () => {
    const bare = libFiles.filter((file) => !/^(#!.*\n)?\/\*\*/.test(textOf(file)));
    expect(bare).to.deep.equal([]);
  });

  it('names no file Manager, Helper, Util, Base or Impl', () => {
    expect(libFiles.filter((file) => /(manager|helper|util|base|impl)s?\.ts$/i.test(file))).to.deep.equal([]);
  });

  it('throws errors, never text', () => {
    const text = (node: ts.Node) =>
      ts.isThrowStatement(node) && (ts.isStringLiteralLike(node.expression) || ts.isTemplateExpression(node.expression))
        ? 'throws text'
        : null;
    expect(places(libFiles, text)).to.deep.equal([]);
  });
});

describe('The source of lib and spec', () => {
  const files = [...libFiles, ...specFiles];

  it('has no `any` but where biome is told why', () => {
    const found = places(files, (node) => (node.kind === ts.SyntaxKind.AnyKeyword ? 'any' : null));
    const untold = found.filter((place) => {
      const [file, line] = place.split(' ')[0]!.split(':');
      const above = textOf(file!)
        .split('\n')
        .slice(Math.max(0, Number(line) - 3), Number(line) - 1);
      return !above.some((text) => text.includes('biome-ignore lint/suspicious/noExplicitAny:'));
    });
    expect(untold).to.deep.equal([]);
  });

  it('turns no type into any other by way of unknown', () => {
    const twice = (node: ts.Node) =>
      ts.isAsExpression(node) && ts.isAsExpression(node.expression) && node.expression.type.getText() === 'unknown'
        ? 'as unknown as'
        : null;
    expect(places(files, twice)).to.deep.equal([]);
  });

  it('exports by name', () => {
    const byDefault = (node: ts.Node) =>
      ts.isExportAssignment(node) ||
      (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isCaseOrDefaultClause(node.parent))
        ? 'export default'
        : null;
    expect(places(files, byDefault)).to.deep.equal([]);
  });

  it('leaves nothing marked as to be done', () => {
    // In two parts, or this file would find itself.
    const marks = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`);
    expect(files.filter((file) => marks.test(textOf(file)))).to.deep.equal([]);
  });

  it('leaves no spec alone or out', () => {
    const left = (node: ts.Node) => {
      const text = ts.isPropertyAccessExpression(node) ? node.getText() : '';
      return /^(it|describe|context)\.(only|skip)$/.test(text) ? text : null;
    };
    expect(
      places(
        specFiles.filter((file) => !file.startsWith('spec/conformance/')),
        left,
      ),
    ).to.deep.equal([]);
  });
});

describe('Specs', () => {
  it('do not sleep', () => {
    expect(places(without(waitsOfSpecs, specFiles), use(sleeps))).to.deep.equal([]);
  });

  it('are not excused from that where they do not need to be', () => {
    expect(idle(waitsOfSpecs, specFiles, sleeps)).to.deep.equal([]);
  });
});
