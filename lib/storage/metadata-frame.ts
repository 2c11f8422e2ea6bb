/**
 * Metadata records as bytes: the value of a record in the metadata log is a frame of uvarint 1, uvarint type, uvarint
 * version and the message. Called by metadata-log.ts and metadata-snapshot.ts. Codecs are compiled at first use.
 *
 * What always holds: what `decodeRecord` gives for the bytes of `encodeRecord` is the same record again.
 */
import { metadataVersions } from '../features';
import { DecodeError, Reader, Writer } from '../protocol/bytes';
import { type Codec, compile } from '../protocol/compile';
import type { Schema } from '../protocol/schema';
import {
  type MetadataDraft,
  type MetadataRecord,
  metadataRecords,
  type RecordName,
  type UnknownRecord,
} from './metadata-records';

const frameVersion = 1;

const nameOf: (RecordName | undefined)[] = [];
for (const name of Object.keys(metadataRecords) as RecordName[]) nameOf[metadataRecords[name].type] = name;

const codecs = new Map<RecordName, Codec<Schema>[]>();

function codec(name: RecordName, version: number): Codec<Schema> {
  let versions = codecs.get(name);
  if (versions === undefined) codecs.set(name, (versions = []));
  return (versions[version] ??= compile(metadataRecords[name].fields as Schema, version, true));
}

/**
 * Reads one record. A type or version that nobody here knows comes back as it is.
 * @throws DecodeError when the bytes are no frame, or not the message that they claim to be
 */
export function decodeRecord(frame: Buffer): MetadataRecord | UnknownRecord {
  const reader = new Reader(frame);
  reader.field = 'frameVersion';
  const seen = reader.uvarint();
  if (seen !== frameVersion) reader.fail(`frame version ${seen}, only ${frameVersion} is known`, 0);
  reader.field = 'type';
  const type = reader.uvarint();
  reader.field = 'version';
  const version = reader.uvarint();
  const name = nameOf[type];
  if (name === undefined || version > metadataRecords[name].maxVersion)
    return { name: 'Unknown', type, version, frame };
  try {
    const data = codec(name, version).read(reader);
    if (reader.remaining > 0) reader.fail(`${reader.remaining} bytes behind the end of the message`);
    return { name, version, data } as MetadataRecord;
  } catch (error) {
    throw error instanceof DecodeError ? error.within(name) : error;
  }
}

/** One for all: memory of its own for each of ten thousand small records would cost far more than writing them. */
const writer = new Writer();

/**
 * Bytes of one record, the value that it has in the log.
 * @throws EncodeError for what its version cannot say
 */
export function encodeRecord(draft: MetadataDraft): Buffer {
  try {
    writer.uvarint(frameVersion);
    writer.uvarint(metadataRecords[draft.name].type);
    writer.uvarint(draft.version);
    codec(draft.name, draft.version).write(writer, draft.data as never);
  } catch (error) {
    writer.take(); // the next record must not begin with what there is of this one
    throw error;
  }
  return writer.takeBuffer();
}

/** What a record says once it is in the log. */
export function stored(draft: MetadataDraft): MetadataRecord {
  return decodeRecord(encodeRecord(draft)) as MetadataRecord;
}

const since = metadataVersions;

/** Records that came in more than one version: the newest that this level of metadata.version allows. */
export function recordVersion(
  name: 'RegisterBrokerRecord' | 'PartitionRecord' | 'PartitionChangeRecord',
  metadataVersion: number,
): number {
  if (name === 'RegisterBrokerRecord') {
    if (metadataVersion >= since['4.3-IV0']) return 4;
    if (metadataVersion >= since['3.7-IV2']) return 3;
    return metadataVersion >= since['3.4-IV0'] ? 2 : 1;
  }
  if (metadataVersion >= since['4.0-IV1']) return 2;
  return metadataVersion >= since['3.7-IV2'] ? 1 : 0;
}
