/**
 * `mapRecords`: a user's function over the records of chosen topics, on their way in (`produce`), on their way out
 * (`fetch`), or both: changes them, drops them, refuses them.
 *
 * Batches are decompressed, and compressed again by the same codec where something changed; where nothing did, the very
 * bytes go on. What is dropped on the way in is not in the log: the producer is told success, without an offset where all
 * of its batch is gone, and the sequence numbers of idempotent producers stay without gaps. What is dropped on the way out
 * leaves its offset behind, and consumers go on behind it. Control batches pass untouched, and so does what the broker
 * will refuse anyway (a CRC that is wrong, an old magic).
 *
 * A KafkaError that the function throws on the way in refuses its partition with that error, and says of each record at
 * fault why (KIP-467); on the way out it becomes the error of the partition. While the function waits, requests behind it
 * on the same connection wait as well.
 *
 * Not done: an answer to Fetch may become larger than the client allowed; a topic whose id nobody here knows (a proxy that
 * was never asked for its metadata) is refused with UNKNOWN_TOPIC_ID, for clients to ask and come again.
 */

import type { Taps } from '../pipeline/seams';
import { mergeTaps } from '../pipeline/taps';
import { decompressedMaxBytes } from '../records/compression';
import { checkNames, numberOf, UsageError } from '../usage';
import { type ChosenTopics, chooser, TopicNames } from './chosen-topics';
import { mapFetched } from './map-fetched';
import { mapProduced } from './map-produced';
import type { MapRecord } from './passing-record';

export interface MapRecordsOptions {
  /** All topics if absent. */
  readonly topics?: ChosenTopics;
  /** For records on their way in. */
  readonly produce?: MapRecord;
  /** For records on their way out. */
  readonly fetch?: MapRecord;
  /** Most that a batch may decompress to, bytes; 100 MiB if absent. */
  readonly decompressedMaxBytes?: number;
  /** Idempotent producers that are remembered, in each partition, once a record of theirs was dropped; 10,000 if absent. */
  readonly maxProducers?: number;
}

const optionNames = ['topics', 'produce', 'fetch', 'decompressedMaxBytes', 'maxProducers'] as const;

/**
 * The tap: for `createBroker({ taps })`, `broker.taps.add` and proxies.
 * @throws UsageError for options that cannot be meant
 */
export function mapRecords(options: MapRecordsOptions): Taps {
  checkNames('mapRecords', options, optionNames satisfies readonly (keyof MapRecordsOptions)[]);
  const { produce: onTheWayIn, fetch: onTheWayOut } = options;
  for (const map of [onTheWayIn, onTheWayOut])
    if (map !== undefined && typeof map !== 'function')
      throw new UsageError('mapRecords: expected functions of a record');
  if (onTheWayIn === undefined && onTheWayOut === undefined)
    throw new UsageError('mapRecords: neither produce nor fetch was given');
  const names = new TopicNames();
  const shared = {
    isChosen: chooser('mapRecords', options.topics),
    names,
    maxBytes: numberOf('mapRecords', 'decompressedMaxBytes', options.decompressedMaxBytes, decompressedMaxBytes, 1),
  };
  const maxProducers = numberOf('mapRecords', 'maxProducers', options.maxProducers, 10_000, 1);
  return mergeTaps(
    onTheWayIn === undefined ? {} : mapProduced({ ...shared, map: onTheWayIn }, maxProducers),
    onTheWayOut === undefined ? {} : mapFetched({ ...shared, map: onTheWayOut }),
    names.taps,
  );
}
