/**
 * The JavaScript source of a codec: one function per struct, made of its declaration. compile.ts runs it.
 *
 * There are two kinds. A fast codec only says that something is wrong. A careful one takes field by field and keeps note
 * of the path, so that its error says what is wrong and where. Both read and write the same.
 * Generated code calls nothing but Reader, Writer, `helpers` of compile.ts and functions generated beside it. Field names
 * enter it through JSON.stringify only, and schemas come from source files, never from the network.
 */
import { fallbackSource, isFallbackSource } from './fallback';
import { fixedBytes, readFixed, writeFixed } from './fixed';
import { type AnyField, covers, type Schema } from './schema';

export interface SourceOptions {
  readonly version: number;
  /** Compact lengths and tagged fields (KIP-482). */
  readonly flexible: boolean;
  readonly careful: boolean;
}

/** Source of a function body that returns `{ read, write }`. */
export function codecSource(schema: Schema, options: SourceOptions): string {
  const source = new CodecSource(options);
  const read = source.struct(schema, 'read');
  const write = source.struct(schema, 'write');
  return `'use strict';\n${source.functions.join('\n')}\nreturn { read: ${read}, write: ${write} };`;
}

/** Least number of bytes that a value takes: what keeps a hostile array count from allocating. */
export function minBytes(field: AnyField, version: number, flexible: boolean): number {
  const { kind, nulls } = field.declared;
  switch (kind.is) {
    case 'string':
      return flexible ? 1 : 2;
    case 'bytes':
    case 'records':
    case 'array':
      return flexible ? 1 : 4;
    case 'struct': {
      if (covers(nulls, version)) return 1;
      let sum = flexible ? 1 : 0;
      for (const inner of Object.values(kind.fields)) {
        if (covers(inner.declared.versions, version) && inner.declared.tag === null)
          sum += minBytes(inner, version, flexible);
      }
      return sum;
    }
    default:
      return fixedBytes(kind.is)!;
  }
}

type Direction = 'read' | 'write';
type NamedField = readonly [name: string, field: AnyField];
/** Where a value stands: its name, '""' for an element; whether in a tag; in how many arrays of its field. */
type Place = { readonly label: string; readonly tagged: boolean; readonly depth: number };

class CodecSource {
  readonly functions: string[] = [];
  private readonly version: number;
  private readonly flexible: boolean;
  private readonly careful: boolean;

  constructor({ version, flexible, careful }: SourceOptions) {
    this.version = version;
    this.flexible = flexible;
    this.careful = careful;
  }

  /** Generates the function that reads or writes a struct and returns its name. */
  struct(schema: Schema, direction: Direction): string {
    const name = `${direction}${this.functions.length}`;
    const slot = this.functions.push('') - 1;
    const present = Object.entries(schema).filter(([, field]) => covers(field.declared.versions, this.version));
    const plain = present.filter(([, field]) => field.declared.tag === null);
    const tagged = present
      .filter(([, field]) => field.declared.tag !== null)
      .sort(([, a], [, b]) => a.declared.tag! - b.declared.tag!);
    const body = direction === 'read' ? this.readStruct(schema, plain, tagged) : this.writeStruct(plain, tagged);
    this.functions[slot] = `function ${name}(${direction === 'read' ? 'r' : 'w, d'}) {\n${body.join('\n')}\n}`;
    return name;
  }

  /** Statements that make the path of an error; nothing in a fast codec. */
  private at(reader: 'r' | 'w', label: string): string {
    return this.careful ? `${reader}.field = ${label};` : '';
  }

  /** Statements whose errors get `path`, an expression, before theirs. A try costs nothing until it catches. */
  private within(path: string, statements: string): string {
    return this.careful ? `try { ${statements} } catch (error) { throw within(error, ${path}); }` : statements;
  }

  /** Fields in their order; those of fixed size that follow each other are one run, unless the codec is careful. */
  private runs(plain: NamedField[]): NamedField[][] {
    const isFixed = ([, field]: NamedField) => !this.careful && fixedBytes(field.declared.kind.is) !== undefined;
    const runs: NamedField[][] = [];
    for (const [i, one] of plain.entries()) {
      if (i > 0 && isFixed(one) && isFixed(plain[i - 1]!)) runs.at(-1)!.push(one);
      else runs.push([one]);
    }
    return runs;
  }

  private readStruct(schema: Schema, plain: NamedField[], tagged: NamedField[]): string[] {
    const names = Object.keys(schema);
    const local = (field: string) => `v${names.indexOf(field)}`;
    const always = new Set(plain.map(([field]) => field));
    const declared = Object.entries(schema).map(([name, field]) =>
      always.has(name) ? `let ${local(name)};` : `let ${local(name)} = ${fallbackSource(field)};`,
    );
    const read = this.runs(plain).map((run) => {
      const [name, field] = run[0]!;
      return run.length > 1 ? this.readRun(run, local) : this.readField(name, field, local(name), false);
    });
    const result = names.map((field) => `${JSON.stringify(field)}: ${local(field)}`);
    const tags = this.flexible ? [this.readTags(tagged, local)] : [];
    return [...declared, ...read, ...tags, `return { ${result.join(', ')} };`];
  }

  private readRun(run: NamedField[], local: (field: string) => string): string {
    let size = 0;
    const reads = run.map(([name, { declared }]) => {
      const read = `${local(name)} = ${readFixed(declared.kind.is, size)};`;
      size += fixedBytes(declared.kind.is)!;
      return read;
    });
    return `{ const p = r.take(${size}), b = r.buffer; ${reads.join(' ')} }`;
  }

  private readTags(tagged: NamedField[], local: (field: string) => string): string {
    const cases = tagged.map(
      ([name, field]) => `case ${field.declared.tag}: ${this.readField(name, field, local(name), true)}
        if (r.position !== end) { ${this.at('r', JSON.stringify(name))}
          r.fail('tag of ' + size + ' bytes, but its value takes ' + (r.position - end + size)); }
        break;`,
    );
    return `${this.at('r', "'tags'")} for (let n = r.uvarint(); n > 0; n--) { ${this.at('r', "'tags'")}
      const tag = r.uvarint(), size = r.uvarint(), end = r.position + size;
      if (end > r.end) r.fail('tag of ' + size + ' bytes does not fit in the ' + r.remaining + ' bytes left');
      switch (tag) { ${cases.join('\n')} default: r.skip(size); } }`;
  }

  private readField(name: string, field: AnyField, target: string, tagged: boolean): string {
    const label = JSON.stringify(name);
    const read = this.readValue(field, target, { label, tagged, depth: 0 });
    // An array names itself, beside its index.
    return field.declared.kind.is === 'struct' ? this.within(label, read) : `${this.at('r', label)} ${read}`;
  }

  /** Statements that read a value into `target`, which is a name of the code around them or an element. */
  private readValue(field: AnyField, target: string, { label, tagged, depth }: Place): string {
    const nullable = covers(field.declared.nulls, this.version);
    const { kind } = field.declared;
    if (kind.is === 'struct') {
      const read = `${target} = ${this.struct(kind.fields, 'read')}(r);`;
      const isNull = tagged ? 'r.uvarint() === 0' : 'r.int8() < 0';
      return nullable ? `${this.at('r', '""')} if (${isNull}) ${target} = null; else ${read}` : read;
    }
    if (kind.is !== 'array') return `${target} = r.${this.method(kind.is, nullable)}();`;
    const [a, i, n] = [`a${depth}`, `i${depth}`, `n${depth}`];
    const element = this.readValue(kind.element, `${a}[${i}]`, { label: '""', tagged: false, depth: depth + 1 });
    const loop = `${this.at('r', '""')} for (; ${i} < ${n}; ${i}++) { ${element} }`;
    // An element without bytes could be there any number of times; Kafka has none.
    const elementMinBytes = Math.max(1, minBytes(kind.element, this.version, this.flexible));
    const count = `r.count(${this.flexible}, ${elementMinBytes})`;
    return `{ const ${n} = ${count};
      if (${n} < 0) ${nullable ? `${target} = null` : `r.fail('null is not allowed here')`}; else {
        const ${a} = ${target} = new Array(${n}); let ${i} = 0;
        ${this.within(`${label} + '[' + ${i} + ']'`, loop)} } }`;
  }

  /** Name of the Reader and Writer method of a primitive type. */
  private method(is: string, nullable: boolean): string {
    if (is !== 'string' && is !== 'bytes' && is !== 'records') return is;
    const base = is === 'string' ? 'String' : 'Bytes';
    const name = `${this.flexible ? 'compact' : ''}${nullable ? 'Nullable' : ''}${base}`;
    return name.charAt(0).toLowerCase() + name.slice(1);
  }

  private writeStruct(plain: NamedField[], tagged: NamedField[]): string[] {
    const lines = this.runs(plain).map((run) => {
      const [name, field] = run[0]!;
      if (run.length > 1) return this.writeRun(run);
      return `{ ${this.given(name, field, 'v')} ${this.writeField(name, field, 'v', false)} }`;
    });
    return this.flexible ? [...lines, this.writeTags(tagged)] : lines;
  }

  /** Declares `local` as what the draft has for a field, or as its default where it may be left out. */
  private given(name: string, field: AnyField, local: string): string {
    const optional = field.declared.fallback !== undefined || field.declared.tag !== null;
    const otherwise = optional ? `if (${local} === undefined) ${local} = ${fallbackSource(field)};` : '';
    return `let ${local} = d[${JSON.stringify(name)}]; ${otherwise}`;
  }

  private writeRun(run: NamedField[]): string {
    let size = 0;
    const writes = run.map(([name, field]) => {
      const write = `{ ${this.given(name, field, 'v')} ${writeFixed(field.declared.kind.is, 'v', size)} }`;
      size += fixedBytes(field.declared.kind.is)!;
      return write;
    });
    return `{ const p = w.room(${size}), b = w.slab; ${writes.join(' ')} }`;
  }

  private writeTags(tagged: NamedField[]): string {
    if (tagged.length === 0) return 'w.uvarint(0);';
    const asked = tagged.map(([name, field], i) => {
      const isFallback = isFallbackSource(field, `t${i}`);
      return `${this.given(name, field, `t${i}`)} const has${i} = !(${isFallback}); if (has${i}) tags++;`;
    });
    const written = tagged.map(([name, field], i) => {
      const write = this.writeField(name, field, `t${i}`, true);
      return `if (has${i}) { w.uvarint(${field.declared.tag}); w.sized(() => { ${write} }); }`;
    });
    return ['let tags = 0;', ...asked, 'w.uvarint(tags);', ...written].join('\n');
  }

  private writeField(name: string, field: AnyField, value: string, tagged: boolean): string {
    const label = JSON.stringify(name);
    const write = this.writeValue(field, value, { label, tagged, depth: 0 });
    if (field.declared.kind.is !== 'struct') return `${this.at('w', label)} ${write}`;
    return this.within(label, `${this.at('w', '""')} ${write}`);
  }

  /** Statements that write a value, which is a name of the code around them. */
  private writeValue(field: AnyField, value: string, { label, tagged, depth }: Place): string {
    const nullable = covers(field.declared.nulls, this.version);
    const { kind } = field.declared;
    const lacks = nullable ? `${value} === undefined` : `${value} === undefined || ${value} === null`;
    // Without it, null and undefined throw a TypeError wherever they are used; a struct may use nothing of them.
    const isChecked = this.careful || kind.is === 'struct';
    const refuse = isChecked ? `if (${lacks}) lacking(w, ${value}, ${this.version});` : '';
    if (kind.is === 'struct') {
      const write = `${this.struct(kind.fields, 'write')}(w, ${value});`;
      if (!nullable) return `${refuse} ${write}`;
      const [absent, present] = tagged ? ['w.uvarint(0)', 'w.uvarint(1)'] : ['w.int8(-1)', 'w.int8(1)'];
      return `${refuse} if (${value} === null) ${absent}; else { ${present}; ${write} }`;
    }
    if (kind.is !== 'array') return `${refuse} w.${this.method(kind.is, nullable)}(${value});`;
    const [a, e, i] = [`a${depth}`, `e${depth}`, `i${depth}`];
    const element = this.writeValue(kind.element, e, { label: '""', tagged: false, depth: depth + 1 });
    const loop = `for (; ${i} < ${a}.length; ${i}++) { ${this.at('w', '""')} const ${e} = ${a}[${i}]; ${element} }`;
    const all = `const ${a} = ${value}; let ${i} = 0; w.count(${this.flexible}, ${a}.length);
      ${this.within(`${label} + '[' + ${i} + ']'`, loop)}`;
    return nullable
      ? `${refuse} if (${value} === null) w.count(${this.flexible}, -1); else { ${all} }`
      : `${refuse} { ${all} }`;
  }
}
