/**
 * Who may import whom. The table is the one of lib/README.md, with reasons; any other import fails here.
 */
import { expect } from 'chai';
import { type Import, importsOf, isFile, sourceFiles, textOf } from '../support/source-files';

interface Floor {
  /** What may be imported: an entry of lib, or one file of it. */
  readonly imports: readonly string[];
  /** What may be imported by `import type` only, so that it is not there when the code runs. */
  readonly types?: readonly string[];
}

/** Bytes and notation, without APIs and headers: what internal record formats are declared with. */
const notation = ['protocol/bytes', 'protocol/schema', 'protocol/compile'];
/** What stands on nothing: the error table, configuration, names, and the logger. */
const ground = [
  'errors',
  'config',
  'topic-config',
  'topic-names',
  'map-key',
  'coordinator-partition',
  'properties',
  'listeners',
  'features',
  'timers',
  'duration',
  'virtual-clock',
  'uuid',
  'usage',
  'regex',
  'logger',
  'paint',
  'text',
];

/** Each entry of lib, lowest first. Everything may import from its own folder. */
const floors: Readonly<Record<string, Floor>> = {
  errors: { imports: [] },
  properties: { imports: [] },
  'map-key': { imports: [] },
  'topic-names': { imports: [] },
  'coordinator-partition': { imports: [] },
  features: { imports: [] },
  timers: { imports: [] },
  duration: { imports: [] },
  'virtual-clock': { imports: ['duration'] },
  logger: { imports: [] },
  paint: { imports: [] },
  text: { imports: [] },
  regex: { imports: ['errors'] },
  uuid: { imports: [] },
  listeners: { imports: [], types: ['config'] },
  config: { imports: ['properties', 'listeners'] },
  'topic-config': { imports: ['config'] },
  usage: { imports: ['config'] },
  'require-node': { imports: [] },
  // Describes what handlers may reach, and so names everybody; it is nothing when the code runs.
  services: { imports: [], types: [...ground, 'protocol', 'storage', 'coordinators'] },
  protocol: { imports: ['errors', 'uuid'], types: ['services'] },
  records: { imports: ['errors', ...notation] },
  storage: { imports: [...ground, 'records', ...notation] },
  // What classic consumers say to each other, taps look into as well.
  coordinators: { imports: [...ground, 'storage', 'records', ...notation, 'protocol/consumer-protocol'] },
  pipeline: { imports: ['errors', 'config', 'logger', 'usage', 'protocol'], types: ['services'] },
  apis: { imports: [...ground, 'protocol', 'records'], types: ['services', 'storage', 'coordinators'] },
  taps: { imports: [...ground, 'pipeline', 'protocol', 'records', 'apis'], types: ['services'] },
  capture: { imports: [...ground, 'pipeline', 'protocol', 'apis', 'records'] },
  // What recordings hold, played again and compared.
  replay: { imports: [...ground, 'capture', 'protocol', 'apis', 'records'] },
  // What recordings hold, printed.
  traffic: { imports: [...ground, 'capture', 'protocol', 'apis', 'records'] },
  // What is to go wrong; broker.ts says how to reach what lies deeper than requests.
  faults: { imports: ['errors', 'duration', 'usage', 'pipeline', 'protocol', 'apis'], types: ['storage'] },
  // The broker's pipeline, with a broker elsewhere to answer.
  proxy: { imports: [...ground, 'pipeline', 'protocol', 'apis'] },
  // The only file that knows everybody.
  broker: {
    imports: [...ground, 'protocol', 'records', 'storage', 'coordinators', 'pipeline', 'apis'],
    types: ['services', 'faults'],
  },
  // A broker inside a program; what it does from inside, it does as handlers do.
  embedded: {
    imports: [...ground, 'broker', 'faults', 'apis', 'protocol', 'records'],
    types: ['services', 'storage', 'pipeline'],
  },
  serve: { imports: [...ground, 'broker', 'capture'] },
  // One file a command; each loads what it does when it is run.
  commands: {
    imports: [...ground, 'serve', 'embedded', 'capture', 'replay', 'traffic', 'proxy', 'apis', 'pipeline', 'protocol'],
  },
  main: { imports: ['require-node', 'commands'] },
  index: {
    imports: [
      ...ground,
      'broker',
      'embedded',
      'apis',
      'pipeline',
      'protocol',
      'records',
      'taps',
      'capture',
      'replay',
      'proxy',
    ],
    types: ['services', 'storage', 'coordinators', 'faults'],
  },
};

/** What of Node and of others' packages only some floors may use; what is not listed, all may. */
const places: Readonly<Record<string, readonly string[]>> = {
  // Configuration asks whether a text is an address.
  'node:net': [
    'pipeline',
    'config',
    'listeners',
    'commands',
    'proxy/dial',
    'replay/target',
    'replay/target-connection',
  ],
  // The decompressor is a file of its package.
  'node:fs': ['storage', 'capture', 'serve', 'commands', 'records/zstd-wasm', 'embedded/temp-dir'],
  'node:fs/promises': ['storage', 'capture', 'serve', 'commands', 'embedded/temp-dir'],
  'node:path': ['storage', 'capture', 'serve', 'commands', 'records/zstd-wasm', 'embedded/temp-dir'],
  through2: ['pipeline'],
  pino: ['logger'],
  'pino-pretty': ['logger'],
  commander: ['commands'],
};

const libFiles = sourceFiles('lib');

/** The entry of lib that a file belongs to: `storage` for lib/storage/disk.ts, `config` for lib/config.ts. */
function entryOf(file: string): string {
  return file.split('/')[1]!.replace(/\.ts$/, '');
}

function allows(list: readonly string[], file: string): boolean {
  const inLib = file.replace(/^lib\//, '').replace(/\.ts$/, '');
  return list.includes(entryOf(file)) || list.includes(inLib);
}

function isAllowed(file: string, { of, isOurs, isType }: Import): boolean {
  const entry = entryOf(file);
  if (!isOurs) return places[of] === undefined || isType || allows(places[of], file);
  if (!of.startsWith('lib/')) return !of.endsWith('.ts');
  const { imports, types = [] } = floors[entry] ?? { imports: [] };
  return entryOf(of) === entry || allows(imports, of) || (isType && allows(types, of));
}

/** The first ring of value imports that is found, as a list of files that ends where it began; null: there is none. */
function ring(files: readonly string[], edges: (file: string) => readonly string[]): string[] | null {
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): string[] | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const next of edges(file)) {
      const found = visit(next, [...way, file]);
      if (found !== null) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of files) {
    const found = visit(file, []);
    if (found !== null) return found;
  }
  return null;
}

const shown = (file: string, one: Import) => `${file}:${one.line} imports ${one.isType ? 'types of ' : ''}${one.of}`;

describe('Floors', () => {
  it('name every entry of lib, here and in lib/README.md', () => {
    const entries = [...new Set(libFiles.map(entryOf))];
    expect(entries.filter((entry) => floors[entry] === undefined)).to.deep.equal([]);
    const readme = isFile('lib/README.md') ? textOf('lib/README.md') : '';
    const section = /\n## Floors\n(.*?)(\n## |$)/s.exec(readme)?.[1] ?? '';
    expect(entries.filter((entry) => !new RegExp(`\\b${entry}\\b`).test(section))).to.deep.equal([]);
  });

  it('let nobody import upwards or sideways', () => {
    const wrong = libFiles.flatMap((file) =>
      importsOf(file)
        .filter((one) => !isAllowed(file, one))
        .map((one) => shown(file, one)),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('have no rings of imports', () => {
    const edges = (file: string) =>
      importsOf(file)
        .filter(({ isOurs, isType }) => isOurs && !isType)
        .map(({ of }) => of)
        .filter((of) => of.startsWith('lib/'));
    expect(ring(libFiles, edges)).to.equal(null);
  });

  it('show users one door: examples import lib/index.ts and nothing else of lib', () => {
    const doors = ['lib', 'lib/index.ts'];
    const wrong = sourceFiles('examples').flatMap((file) =>
      importsOf(file)
        .filter(({ of, isOurs }) => isOurs && of.startsWith('lib') && !doors.includes(of))
        .map((one) => shown(file, one)),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('are checked by code that sees a ring and a forbidden import', () => {
    const edges: Record<string, string[]> = { a: ['b'], b: ['c'], c: ['b'] };
    expect(ring(['a'], (file) => edges[file]!)).to.deep.equal(['b', 'c', 'b']);
    const one = (of: string, isType: boolean): Import => ({ of, isOurs: of.startsWith('lib/'), isType, line: 1 });
    expect(isAllowed('lib/apis/fetch.ts', one('lib/storage/engine.ts', true))).to.equal(true);
    expect(isAllowed('lib/apis/fetch.ts', one('lib/storage/engine.ts', false))).to.equal(false);
    expect(isAllowed('lib/storage/disk.ts', one('lib/protocol/bytes.ts', false))).to.equal(true);
    expect(isAllowed('lib/storage/disk.ts', one('lib/protocol/api.ts', true))).to.equal(false);
    expect(isAllowed('lib/records/scan.ts', one('node:fs', false))).to.equal(false);
    expect(isAllowed('lib/records/scan.ts', one('node:zlib', false))).to.equal(true);
  });
});
