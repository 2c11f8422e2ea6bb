/**
 * Makes a codec of (schema, version): straight-line JavaScript, compiled at first use, about twice as fast as closures.
 *
 * Generated code calls nothing but Reader and Writer and functions generated beside it. Field names enter it through
 * JSON.stringify only, and schemas come from source files, never from the network.
 * The slow interpreter in spec/support is its oracle: a property spec makes both agree on random schemas and values, and
 * on every message that Kafka defines.
 */
import { DecodeError, EncodeError, type Reader, type Writer } from './bytes';
import { fallbackSource, isFallbackSource } from './fallback';
import { type AnyField, covers, type Draft, type Infer, type Schema } from './schema';

export interface Codec<S extends Schema> {
  /** Reads one message and leaves the reader behind its last byte. Throws a DecodeError. */
  read(reader: Reader): Infer<S>;
  /** Writes one message. Throws an EncodeError for what the version cannot say, and for what a draft must not leave out. */
  write(writer: Writer, draft: Draft<S>): void;
}

/** Compiles the codec of one version of a message; `flexible` as in KIP-482: compact lengths and tagged fields. */
export function compile<S extends Schema>(schema: S, version: number, flexible: boolean): Codec<S> {
  const generator = new Generator(version, flexible);
  const read = generator.struct(schema, 'read');
  const write = generator.struct(schema, 'write');
  const source = `'use strict';\n${generator.functions.join('\n')}\nreturn { read: ${read}, write: ${write} };`;
  const build = new Function('within', 'emptyBuffer', 'lacking', source);
  return build(within, Buffer.alloc(0), lacking) as Codec<S>;
}

/** An error seen from the struct or array around it; generated code calls it in its catch clauses. */
function within(error: unknown, path: string): unknown {
  return error instanceof DecodeError || error instanceof EncodeError ? error.within(path) : error;
}

/** Generated code calls it for a value that is null or undefined and must not be. */
function lacking(writer: Writer, value: null | undefined, version: number): never {
  writer.fail(value === null ? `is null, which version ${version} cannot say` : 'is left out, but has no default');
}

/** Least number of bytes that a value takes: what keeps a hostile array count from allocating. */
function minBytes(field: AnyField, version: number, flexible: boolean): number {
  const { kind, nulls } = field.declared;
  switch (kind.is) {
    case 'bool':
    case 'int8':
      return 1;
    case 'int16':
    case 'uint16':
      return 2;
    case 'int32':
    case 'uint32':
      return 4;
    case 'long':
    case 'float64':
      return 8;
    case 'uuid':
      return 16;
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
      // An element without bytes could be there any number of times. Kafka has none.
      return Math.max(sum, 1);
    }
  }
}

type Direction = 'read' | 'write';
type NamedField = readonly [name: string, field: AnyField];

class Generator {
  readonly functions: string[] = [];
  private readonly version: number;
  private readonly flexible: boolean;

  constructor(version: number, flexible: boolean) {
    this.version = version;
    this.flexible = flexible;
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

  private readStruct(schema: Schema, plain: NamedField[], tagged: NamedField[]): string[] {
    const names = Object.keys(schema);
    const local = (field: string) => `v${names.indexOf(field)}`;
    const always = new Set(plain.map(([field]) => field));
    const declared = Object.entries(schema).map(([name, field]) =>
      always.has(name) ? `let ${local(name)};` : `let ${local(name)} = ${fallbackSource(field)};`,
    );
    const result = names.map((field) => `${JSON.stringify(field)}: ${local(field)}`);
    return [
      ...declared,
      ...plain.map(([name, field]) => this.readField(name, field, local(name), false)),
      ...(this.flexible ? [this.readTags(tagged, local)] : []),
      `return { ${result.join(', ')} };`,
    ];
  }

  private readTags(tagged: NamedField[], local: (field: string) => string): string {
    const cases = tagged.map(
      ([name, field]) => `case ${field.declared.tag}: ${this.readField(name, field, local(name), true)}
        if (r.position !== end) {
          r.field = ${JSON.stringify(name)};
          r.fail('tag of ' + size + ' bytes, but its value takes ' + (r.position - end + size));
        }
        break;`,
    );
    return `r.field = 'tags';
      for (let n = r.uvarint(); n > 0; n--) {
        r.field = 'tags';
        const tag = r.uvarint(), size = r.uvarint(), end = r.position + size;
        if (end > r.end) r.fail('tag of ' + size + ' bytes does not fit in the ' + r.remaining + ' bytes left');
        switch (tag) { ${cases.join('\n')} default: r.skip(size); }
      }`;
  }

  private readField(name: string, field: AnyField, target: string, tagged: boolean): string {
    const label = JSON.stringify(name);
    const read = this.readValue(field, target, { label, tagged, depth: 0 });
    // An array names itself beside its index. A try costs nothing until it catches.
    const located = `try { ${read} } catch (error) { throw within(error, ${label}); }`;
    return field.declared.kind.is === 'struct' ? located : `r.field = ${label}; ${read}`;
  }

  /** Statements that read a value into `target`, which is a name of the code around them or an element. */
  private readValue(field: AnyField, target: string, at: { label: string; tagged: boolean; depth: number }): string {
    const nullable = covers(field.declared.nulls, this.version);
    const { kind } = field.declared;
    if (kind.is === 'struct') {
      const read = `${target} = ${this.struct(kind.fields, 'read')}(r);`;
      const isNull = at.tagged ? 'r.uvarint() === 0' : 'r.int8() < 0';
      return nullable ? `r.field = ''; if (${isNull}) ${target} = null; else ${read}` : read;
    }
    if (kind.is !== 'array') return `${target} = r.${this.method(kind.is, nullable)}();`;
    const { depth, label } = at;
    const [a, i, n] = [`a${depth}`, `i${depth}`, `n${depth}`];
    const element = this.readValue(kind.element, `${a}[${i}]`, { label: '""', tagged: false, depth: depth + 1 });
    const minimum = minBytes(kind.element, this.version, this.flexible);
    return `{ const ${n} = r.count(${this.flexible}, ${minimum});
      if (${n} < 0) ${nullable ? `${target} = null` : `r.fail('null is not allowed here')`}; else {
        const ${a} = ${target} = new Array(${n}); let ${i} = 0; r.field = '';
        try { for (; ${i} < ${n}; ${i}++) { ${element} } }
        catch (error) { throw within(error, ${label} + '[' + ${i} + ']'); } } }`;
  }

  /** Name of the Reader and Writer method of a primitive type. */
  private method(is: string, nullable: boolean): string {
    if (is !== 'string' && is !== 'bytes' && is !== 'records') return is;
    const base = is === 'string' ? 'String' : 'Bytes';
    const name = `${this.flexible ? 'compact' : ''}${nullable ? 'Nullable' : ''}${base}`;
    return name.charAt(0).toLowerCase() + name.slice(1);
  }

  private writeStruct(plain: NamedField[], tagged: NamedField[]): string[] {
    const given = (name: string, field: AnyField, local: string) => {
      const optional = field.declared.fallback !== undefined || field.declared.tag !== null;
      const otherwise = optional ? `if (${local} === undefined) ${local} = ${fallbackSource(field)};` : '';
      return `let ${local} = d[${JSON.stringify(name)}]; ${otherwise}`;
    };
    const lines = plain.map(
      ([name, field]) => `{ ${given(name, field, 'v')} ${this.writeField(name, field, 'v', false)} }`,
    );
    if (!this.flexible) return lines;
    if (tagged.length === 0) return [...lines, 'w.uvarint(0);'];
    lines.push('let tags = 0;');
    for (const [i, [name, field]] of tagged.entries()) {
      lines.push(`${given(name, field, `t${i}`)} const has${i} = !(${isFallbackSource(field, `t${i}`)});`);
      lines.push(`if (has${i}) tags++;`);
    }
    lines.push('w.uvarint(tags);');
    for (const [i, [name, field]] of tagged.entries()) {
      const write = this.writeField(name, field, `t${i}`, true);
      lines.push(`if (has${i}) { w.uvarint(${field.declared.tag}); w.sized(() => { ${write} }); }`);
    }
    return lines;
  }

  private writeField(name: string, field: AnyField, value: string, tagged: boolean): string {
    const label = JSON.stringify(name);
    const write = this.writeValue(field, value, { label, tagged, depth: 0 });
    const located = `try { w.field = ''; ${write} } catch (error) { throw within(error, ${label}); }`;
    return field.declared.kind.is === 'struct' ? located : `w.field = ${label}; ${write}`;
  }

  /** Statements that write a value, which is a name of the code around them or an element. */
  private writeValue(field: AnyField, value: string, at: { label: string; tagged: boolean; depth: number }): string {
    const nullable = covers(field.declared.nulls, this.version);
    const { kind } = field.declared;
    const missing = nullable ? `${value} === undefined` : `${value} === undefined || ${value} === null`;
    const refuse = `if (${missing}) lacking(w, ${value}, ${this.version});`;
    if (kind.is === 'struct') {
      const write = `${this.struct(kind.fields, 'write')}(w, ${value});`;
      if (!nullable) return `${refuse} ${write}`;
      const [absent, present] = at.tagged ? ['w.uvarint(0)', 'w.uvarint(1)'] : ['w.int8(-1)', 'w.int8(1)'];
      return `${refuse} if (${value} === null) ${absent}; else { ${present}; ${write} }`;
    }
    if (kind.is !== 'array') return `${refuse} w.${this.method(kind.is, nullable)}(${value});`;
    const { depth, label } = at;
    const [a, i] = [`a${depth}`, `i${depth}`];
    const element = this.writeValue(kind.element, `e${depth}`, { label: '""', tagged: false, depth: depth + 1 });
    return `${refuse} if (${value} === null) w.count(${this.flexible}, -1); else {
      const ${a} = ${value}; let ${i} = 0; w.count(${this.flexible}, ${a}.length);
      try { for (; ${i} < ${a}.length; ${i}++) { w.field = ''; const e${depth} = ${a}[${i}]; ${element} } }
      catch (error) { throw within(error, ${label} + '[' + ${i} + ']'); } }`;
  }
}
