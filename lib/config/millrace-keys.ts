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
  'millrace.open.files.max': int(2000)
    .min(16)
    .doc('Files of logs that are kept open at a time; the one used longest ago is closed for the next.'),
  'millrace.group.consumer.reconciling.heartbeat.interval.ms': int(20)
    .min(1)
    .doc('Time between two heartbeats of a member of a consumer group that has not got all that it should have yet.'),
  'millrace.stage.max.ms': long(30000)
    .min(1)
    .doc('Time that a stage of a user may take over one message; beyond it the request ends in REQUEST_TIMED_OUT.'),
  'millrace.index.cache.max.bytes': int(16777216)
    .min(0)
    .doc('Memory for index files of segments that are read; those of active segments come on top.'),
  'millrace.read.buffers.lent.max.bytes': long(268435456)
    .min(1)
    .doc('Memory for what was read from logs and is being sent; beyond it each partition answers one batch at a time.'),
  'millrace.read.buffers.idle.max.bytes': int(33554432)
    .min(0)
    .doc('Memory that is kept for the next reads from logs while none uses it.'),
} as const satisfies Keys;
