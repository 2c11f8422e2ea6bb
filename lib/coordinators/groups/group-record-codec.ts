/**
 * Records of `__consumer_offsets` as bytes: a key is an int16 type and its fields, a value an int16 version and its
 * fields. Called by shard-load.ts and shard.ts. Codecs are compiled at first use.
 *
 * What always holds: what `readGroupRecord` gives for the bytes of `writeGroupRecord` is the same record again.
 */
import { DecodeError, Reader, Writer } from '../../protocol/bytes';
import { type Codec, compile } from '../../protocol/compile';
import { covers, type Schema } from '../../protocol/schema';
import type { RecordDraft } from '../../records/build';
import type { LogRecord } from '../../records/record';
import { type GroupRecord, type GroupRecordDraft, type GroupRecordName, groupRecords } from './group-records';

const nameOf = new Map<number, GroupRecordName>();
for (const name of Object.keys(groupRecords) as GroupRecordName[]) nameOf.set(groupRecords[name].type, name);

interface Codecs {
  readonly key: Codec<Schema>;
  /** By version of the value. */
  readonly values: Codec<Schema>[];
}

const codecs = new Map<GroupRecordName, Codecs>();

function codecsOf(name: GroupRecordName): Codecs {
  let found = codecs.get(name);
  if (found === undefined) {
    found = { key: compile(groupRecords[name].key as Schema, 0, false), values: [] };
    codecs.set(name, found);
  }
  return found;
}

function valueCodec(name: GroupRecordName, version: number): Codec<Schema> {
  const { value, flexibleFrom } = groupRecords[name];
  return (codecsOf(name).values[version] ??= compile(value as Schema, version, version >= flexibleFrom));
}

/**
 * Reads one record; null for one of a type that is not known, such as those of share and streams groups.
 * @throws DecodeError where the bytes are not what their type and version say
 */
export function readGroupRecord({ key, value }: Pick<LogRecord, 'key' | 'value'>): GroupRecord | null {
  const keys = new Reader(key ?? Buffer.alloc(0));
  keys.field = 'type';
  const name = nameOf.get(keys.int16());
  if (name === undefined) return null;
  try {
    const read = codecsOf(name).key.read(keys);
    return { name, key: read, value: value === null ? null : readValue(name, value) } as GroupRecord;
  } catch (error) {
    throw error instanceof DecodeError ? error.within(name) : error;
  }
}

function readValue(name: GroupRecordName, bytes: Buffer): unknown {
  const reader = new Reader(bytes);
  reader.field = 'version';
  const version = reader.int16();
  const { maxVersion } = groupRecords[name];
  if (!covers({ from: 0, to: maxVersion }, version)) reader.fail(`version ${version}, 0 to ${maxVersion} are known`, 0);
  return valueCodec(name, version).read(reader);
}

/** One for all, as records are small and many. */
const writer = new Writer();

/**
 * The record as key and value of a record of the log.
 * @throws EncodeError for what its version cannot say
 */
export function writeGroupRecord({ name, key, value, version }: GroupRecordDraft): RecordDraft {
  const declared = groupRecords[name];
  try {
    writer.int16(declared.type);
    codecsOf(name).key.write(writer, key);
    const keyBytes = writer.takeBuffer();
    if (value === null) return { key: keyBytes, value: null };
    const written = version ?? declared.version;
    writer.int16(written);
    valueCodec(name, written).write(writer, value);
    return { key: keyBytes, value: writer.takeBuffer() };
  } catch (error) {
    writer.take(); // the next record must not begin with what there is of this one
    throw error;
  }
}

/** What a record says once it is in the log: with every default where the draft left something out. */
export function storedGroupRecord(draft: GroupRecordDraft): GroupRecord {
  const { key, value } = writeGroupRecord(draft);
  return readGroupRecord({ key: key as Buffer, value: value as Buffer | null })!;
}
