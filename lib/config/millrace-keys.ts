/**
 * The broker's own keys: limits that Kafka has no key for. Part of the table in keys.ts.
 */
import { int, type Keys, long } from './key';

export const millraceKeys = {
  'millrace.connection.queued.max.request.bytes': long(16777216)
    .min(1)
    .doc('Bytes of requests that one connection may have in the broker; beyond it the connection is not read.'),
  'millrace.decompressed.batch.max.bytes': int(268435456)
    .min(1)
    .doc('Largest record batch after decompression, wherever the broker itself has to decompress.'),
} as const satisfies Keys;
