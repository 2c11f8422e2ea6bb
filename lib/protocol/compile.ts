/**
 * Makes a codec of (schema, version): straight-line JavaScript, compiled at first use, some three times as fast as
 * closures. source.ts writes the code.
 *
 * The codec in use is fast and cannot say where a message is wrong. When it throws, a careful codec of the same message
 * reads or writes it once more and throws the error that names the field.
 * The slow interpreter in spec/support is the oracle: property specs make it agree with what is compiled on random
 * schemas and values, and on every message that Kafka defines.
 */
import { DecodeError, EncodeError, Reader, type Writer } from './bytes';
import { exactLong } from './reader';
import type { Draft, Infer, Schema } from './schema';
import { codecSource, type SourceOptions } from './source';
import { putUuid, uuidText } from './uuid-text';

export interface Codec<S extends Schema> {
  /** Reads one message and leaves the reader behind its last byte. Throws a DecodeError. */
  read(reader: Reader): Infer<S>;
  /** Writes one message. Throws an EncodeError for what the version cannot say, and for what a draft must not leave out. */
  write(writer: Writer, draft: Draft<S>): void;
}

/** Compiles the codec of one version of a message; `flexible` as in KIP-482: compact lengths and tagged fields. */
export function compile<S extends Schema>(schema: S, version: number, flexible: boolean): Codec<S> {
  const fast = build(schema, { version, flexible, careful: false });
  let careful: Codec<S> | null = null;
  const explain = () => (careful ??= build(schema, { version, flexible, careful: true }));
  return {
    read(reader) {
      const { buffer, position, end, elementsMax } = reader;
      try {
        return fast.read(reader);
      } catch (error) {
        explain().read(new Reader(buffer, position, end, elementsMax));
        throw error;
      }
    },
    write(writer, draft) {
      try {
        fast.write(writer, draft);
      } catch (error) {
        explain().write(writer, draft);
        throw error;
      }
    },
  };
}

function build<S extends Schema>(schema: S, options: SourceOptions): Codec<S> {
  const names = Object.keys(helpers);
  return new Function(...names, codecSource(schema, options))(...Object.values(helpers)) as Codec<S>;
}

/** What generated code may call beside Reader and Writer. */
const helpers = {
  emptyBuffer: Buffer.alloc(0),
  exactLong,
  uuidText,
  putUuid,
  /** An error seen from the struct or array around it. */
  within(error: unknown, path: string): unknown {
    return error instanceof DecodeError || error instanceof EncodeError ? error.within(path) : error;
  },
  /** Refuses a value that is null or undefined and must not be. */
  lacking(writer: Writer, value: null | undefined, version: number): never {
    writer.fail(value === null ? `is null, which version ${version} cannot say` : 'is left out, but has no default');
  },
};
