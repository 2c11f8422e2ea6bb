/**
 * ListOffsets (2): the offset that goes with a time, or with one of the special times below zero.
 *
 * −1 latest (what this isolation level may read up to; the log end for a replica), −2 earliest, −3 the record with the
 * largest timestamp, −4 earliest on this broker, −5 the latest that was tiered, −6 the earliest that waits to be tiered.
 * Nothing is tiered here: −4 is −2, and −5 and −6 find nothing. A time finds the first record that is not older; a record
 * beyond what may be read counts as none, and none is offset −1 without an error.
 *
 * Versions: 1–11. 2: isolation levels. 4: leader epochs. 7: −3. 8: −4. 9: −5. 11: −6. A special time that the version does
 * not know is UNSUPPORTED_VERSION for its partition; a partition asked for twice is INVALID_REQUEST both times.
 */
import { errors, KafkaError } from '../errors';
import { mapKey } from '../map-key';
import { defineApi } from '../protocol/api';
import { array, type Draft, type Infer, int8, int16, int32, long, string } from '../protocol/schema';
import type { Scope } from '../protocol/scope';
import type { Services } from '../services';
import type { FoundOffset, Isolation, PartitionLog } from '../storage/engine';
import { isolationOf } from './shared/isolation';
import { fence } from './shared/leader-epoch';

const request = {
  replicaId: int32(),
  isolationLevel: int8().since(2).default(0),
  topics: array({
    name: string(),
    partitions: array({
      partitionIndex: int32(),
      currentLeaderEpoch: int32().since(4).default(-1),
      timestamp: long(),
    }),
  }),
  timeoutMs: int32().since(10).default(0),
};

const response = {
  throttleTimeMs: int32().since(2).default(0),
  topics: array({
    name: string(),
    partitions: array({
      partitionIndex: int32(),
      errorCode: int16(),
      timestamp: long().default(-1),
      offset: long().default(-1),
      leaderEpoch: int32().since(4).default(-1),
    }),
  }),
};

type Request = Infer<typeof request>;
type Asked = Request['topics'][number]['partitions'][number];
type Row = Draft<typeof response>['topics'][number]['partitions'][number];

/** Special times, and the version that brought each. */
const special = { latest: -1, earliest: -2, maxTimestamp: -3, earliestLocal: -4, latestTiered: -5, pendingUpload: -6 };
const specialSince = new Map([
  [special.latest, 1],
  [special.earliest, 1],
  [special.maxTimestamp, 7],
  [special.earliestLocal, 8],
  [special.latestTiered, 9],
  [special.pendingUpload, 11],
]);

export const listOffsets = defineApi({
  key: 2,
  name: 'ListOffsets',
  versions: '1-11',
  flexible: '6+',
  request,
  response,

  refuse: ({ topics }, { code }) => ({
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: code })),
    })),
  }),

  async handle(body, scope, services) {
    const isolation = isolationOf(body.isolationLevel);
    const twice = askedTwice(body);
    const rows = async (name: string, partitions: readonly Asked[]) => ({
      name,
      partitions: await Promise.all(
        partitions.map((asked) =>
          twice.has(`${mapKey(name)}:${asked.partitionIndex}`)
            ? failed(asked, errors.INVALID_REQUEST)
            : lookUp(name, asked, body.replicaId >= 0 ? null : isolation, scope, services),
        ),
      ),
    });
    return { topics: await Promise.all(body.topics.map(({ name, partitions }) => rows(name, partitions))) };
  },
});

function askedTwice({ topics }: Request): Set<string> {
  const once = new Set<string>();
  const twice = new Set<string>();
  for (const { name, partitions } of topics) {
    for (const { partitionIndex } of partitions) {
      const key = `${mapKey(name)}:${partitionIndex}`;
      if (once.has(key)) twice.add(key);
      once.add(key);
    }
  }
  return twice;
}

function failed({ partitionIndex }: Asked, { code }: KafkaError): Row {
  return { partitionIndex, errorCode: code };
}

/** @param isolation null for a replica, which reads up to the log end */
async function lookUp(
  topic: string,
  asked: Asked,
  isolation: Isolation | null,
  { version }: Scope,
  services: Services,
): Promise<Row> {
  const { partitionIndex, timestamp, currentLeaderEpoch } = asked;
  if (timestamp < 0 && version < (specialSince.get(timestamp) ?? Number.POSITIVE_INFINITY))
    return failed(asked, errors.UNSUPPORTED_VERSION);
  const log = services.topics.byName(topic)?.partition(partitionIndex);
  if (log === undefined) return failed(asked, errors.UNKNOWN_TOPIC_OR_PARTITION);
  const refused = log.offline ?? fence(log, currentLeaderEpoch);
  if (refused !== null) return failed(asked, refused);
  try {
    const found = await find(log, timestamp, isolation);
    return { partitionIndex, errorCode: 0, ...found };
  } catch (error) {
    if (error instanceof KafkaError) return failed(asked, error);
    throw error;
  }
}

async function find(log: PartitionLog, timestamp: number, isolation: Isolation | null): Promise<FoundOffset | null> {
  const limit = isolation === null ? log.logEndOffset : log.limit(isolation);
  switch (timestamp) {
    case special.latest:
      return { offset: limit, timestamp: -1, leaderEpoch: log.leaderEpoch };
    case special.earliest:
    case special.earliestLocal:
      return { offset: log.logStartOffset, timestamp: -1, leaderEpoch: log.earliestLeaderEpoch() };
    case special.latestTiered:
    case special.pendingUpload:
      return null;
  }
  const found = await (timestamp === special.maxTimestamp
    ? log.offsetOfMaxTimestamp()
    : log.offsetForTimestamp(timestamp));
  return found !== null && found.offset < limit ? found : null;
}
