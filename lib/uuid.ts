/**
 * Uuids as Kafka handles them: 16 bytes, written as 22 characters of base64url (org.apache.kafka.common.Uuid).
 * Cluster, directory, topic and incarnation ids are made and read here. Inside the broker a uuid is that text.
 */
import { randomUUID } from 'node:crypto';

/** Sixteen zero bytes: "no uuid". */
export const zeroUuid = 'AAAAAAAAAAAAAAAAAAAAAA';

/** What a partition's directory may be instead of a real one (org.apache.kafka.common.DirectoryId). */
export const directoryIds = {
  /** From a time when directories had no ids. */
  MIGRATING: zeroUuid,
  /** The broker has not said yet where it put the partition. */
  UNASSIGNED: 'AAAAAAAAAAAAAAAAAAAAAQ',
  /** On a disk that failed. */
  LOST: 'AAAAAAAAAAAAAAAAAAAAAg',
} as const;

/** Makes up a uuid, in the spelling of `java.util.UUID`. */
export type NewId = () => string;

/**
 * A new random uuid (version 4) that is none of Kafka's reserved ones and does not look like a command line option.
 * @param newId where chance comes from; the machine's if absent
 */
export function randomUuid(newId: NewId = randomUUID): string {
  for (;;) {
    const text = Buffer.from(newId().replaceAll('-', ''), 'hex').toString('base64url');
    if (!text.startsWith('-') && !isReserved(text)) return text;
  }
}

/** A number from 1 to 2^31 − 1 out of a random uuid. */
export function positiveInt(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8), 16) & 0x7fffffff || 1;
}

/**
 * The uuid that a text stands for, in Kafka's spelling; null if it stands for none. Padding and the standard alphabet
 * are accepted, as some tools write them.
 */
export function parseUuid(text: string): string | null {
  if (!/^[\w+/-]{22}(==)?$/.test(text)) return null;
  return Buffer.from(text, 'base64').toString('base64url');
}

/** Whether Kafka keeps this uuid for a meaning of its own: the first hundred by value (topic and directory ids). */
export function isReserved(uuid: string): boolean {
  const bytes = Buffer.from(uuid, 'base64url');
  return bytes.length === 16 && bytes.readUInt8(15) < 100 && bytes.every((byte, i) => i === 15 || byte === 0);
}
