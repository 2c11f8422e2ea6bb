/**
 * Defaults of fields as JavaScript source, for the codecs that compile.ts generates.
 *
 * A field has its default where a message or its version does not carry it, and a tagged field is left out where it says
 * just that. Kafka's definitions know of arrays and structs no default but null, empty, and what the fields say; others
 * are refused, so that every default can be written down.
 */
import { zeroUuid } from '../uuid';
import type { AnyField, Kind } from './schema';

/** The default of a field as an expression. It may name `emptyBuffer`; arrays and structs are new with each evaluation. */
export function fallbackSource(field: AnyField): string {
  const { kind, fallback, nulls } = field.declared;
  if (fallback !== undefined) return literal(kind, fallback);
  switch (kind.is) {
    case 'bool':
      return 'false';
    case 'uuid':
      return JSON.stringify(zeroUuid);
    case 'string':
      return '""';
    case 'bytes':
      return 'emptyBuffer';
    case 'records':
      return nulls === null ? 'emptyBuffer' : 'null';
    case 'array':
      return '[]';
    case 'struct': {
      const inner = Object.entries(kind.fields).map(([name, f]) => `${JSON.stringify(name)}: ${fallbackSource(f)}`);
      return `{ ${inner.join(', ')} }`;
    }
    default:
      return '0';
  }
}

function literal(kind: Kind, value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (Buffer.isBuffer(value) && value.length === 0) return 'emptyBuffer';
  if (Array.isArray(value) && value.length === 0) return '[]';
  throw new TypeError(`the default of ${kind.is} must be null or empty, not ${JSON.stringify(value)}`);
}

/** An expression that says whether `value`, the source of a draft's value, is the default of its field. */
export function isFallbackSource(field: AnyField, value: string): string {
  const { kind, fallback } = field.declared;
  if (fallback === null || (kind.is === 'records' && fallbackSource(field) === 'null')) return `${value} === null`;
  switch (kind.is) {
    case 'array':
    case 'bytes':
    case 'records':
      return `(${value} !== null && ${value}.length === 0)`;
    case 'struct': {
      const each = Object.entries(kind.fields).map(([name, inner]) => {
        const part = `${value}[${JSON.stringify(name)}]`;
        return `(${part} === undefined || ${isFallbackSource(inner, part)})`;
      });
      return `(${[`${value} !== null`, ...each].join(' && ')})`;
    }
    default:
      return `${value} === ${fallbackSource(field)}`;
  }
}
