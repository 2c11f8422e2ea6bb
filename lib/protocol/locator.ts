/**
 * Finds where the fields of records lie in a message, and makes nothing of the message: straight-line JavaScript as that of
 * codecs (source.ts), which passes over everything else. For whoever needs the records of what only flows by.
 */
import type { Reader } from './bytes';
import { fixedBytes } from './fixed';
import { type AnyField, covers, type Schema } from './schema';
import { minBytes } from './source';

/**
 * Puts begin and end of each field of records that has any bytes into `found`, in the order of the message, and leaves the
 * reader behind the message's last byte. Throws a DecodeError where the message ends too early or an array is too long;
 * of what it passes over it checks nothing more.
 */
export type Locate = (reader: Reader, found: number[]) => void;

/** Compiles what locates records in one version of a message; null if it has no such field. */
export function compileLocator(schema: Schema, version: number, flexible: boolean): Locate | null {
  if (!hasRecords(schema, version)) return null;
  const source = new LocatorSource(version, flexible);
  const name = source.struct(schema);
  return new Function(`'use strict';\n${source.functions.join('\n')}\nreturn ${name};`)() as Locate;
}

function hasRecords(schema: Schema, version: number): boolean {
  return Object.values(schema).some(
    (field) => covers(field.declared.versions, version) && holdsRecords(field, version),
  );
}

function holdsRecords({ declared: { kind } }: AnyField, version: number): boolean {
  if (kind.is === 'array') return holdsRecords(kind.element, version);
  return kind.is === 'struct' ? hasRecords(kind.fields, version) : kind.is === 'records';
}

class LocatorSource {
  readonly functions: string[] = [];
  private readonly version: number;
  private readonly flexible: boolean;

  constructor(version: number, flexible: boolean) {
    this.version = version;
    this.flexible = flexible;
  }

  /** Generates the function that passes over a struct, and returns its name. */
  struct(schema: Schema): string {
    const name = `pass${this.functions.length}`;
    const slot = this.functions.push('') - 1;
    const present = Object.values(schema).filter(({ declared }) => covers(declared.versions, this.version));
    const lines: string[] = [];
    let run = 0;
    const endRun = () => {
      if (run > 0) lines.push(`r.skip(${run});`);
      run = 0;
    };
    for (const field of present.filter(({ declared }) => declared.tag === null)) {
      const size = fixedBytes(field.declared.kind.is);
      if (size === undefined) {
        endRun();
        lines.push(this.value(field, false));
      } else run += size;
    }
    endRun();
    if (this.flexible) lines.push(this.tags(present.filter(({ declared }) => declared.tag !== null)));
    this.functions[slot] = `function ${name}(r, found) {\n${lines.join('\n')}\n}`;
    return name;
  }

  private tags(tagged: AnyField[]): string {
    const cases = tagged
      .filter((field) => holdsRecords(field, this.version))
      .map((field) => `case ${field.declared.tag}: ${this.value(field, true)} break;`);
    return `for (let n = r.uvarint(); n > 0; n--) {
      const tag = r.uvarint(), size = r.uvarint(), end = r.position + size;
      switch (tag) { ${cases.join('\n')} default: r.skip(size); }
      if (r.position !== end) r.fail('a tag that is longer or shorter than its value'); }`;
  }

  /** Statements that pass over a value. */
  private value({ declared: { kind, nulls } }: AnyField, tagged: boolean): string {
    const isNullable = covers(nulls, this.version);
    switch (kind.is) {
      case 'struct': {
        const pass = `${this.struct(kind.fields)}(r, found);`;
        return isNullable ? `if (${tagged ? 'r.uvarint() !== 0' : 'r.int8() >= 0'}) ${pass}` : pass;
      }
      case 'array': {
        const count = `r.count(${this.flexible}, ${Math.max(1, minBytes(kind.element, this.version, this.flexible))})`;
        const size = fixedBytes(kind.element.declared.kind.is);
        if (size !== undefined) return `{ const n = ${count}; if (n > 0) r.skip(n * ${size}); }`;
        return `for (let n = ${count}; n > 0; n--) { ${this.value(kind.element, false)} }`;
      }
      case 'string':
        return this.sized('int16', 'r.skip(n);');
      case 'bytes':
        return this.sized('int32', 'r.skip(n);');
      case 'records':
        return this.sized('int32', 'const p = r.take(n); found.push(p, p + n);');
      default:
        return `r.skip(${fixedBytes(kind.is)});`;
    }
  }

  /** Statements that read a length and, where there are any bytes, do something about them. */
  private sized(classic: 'int16' | 'int32', some: string): string {
    return `{ const n = ${this.flexible ? 'r.uvarint() - 1' : `r.${classic}()`}; if (n > 0) { ${some} } }`;
  }
}
