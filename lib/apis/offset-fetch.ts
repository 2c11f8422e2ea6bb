/**
 * OffsetFetch (9): how far groups have read.
 *
 * Where nothing is committed the offset is −1, and there is no error; a group that does not exist has committed nothing.
 * No list of topics asks for all that is committed. With ids, one that no topic has is UNKNOWN_TOPIC_ID, an offset that
 * was committed for an older topic of that name counts for nothing, and topics that are gone are left out. All of one
 * group's offsets may be asked for once in a request, and a partition that is named again is answered once: its text may be
 * a thousand times as long as what asks for it.
 *
 * Versions: 1–10. 2: all topics, and errors of the group in one place; before, on each partition. 5: leader epochs.
 * 7: only offsets that no open transaction can change (KIP-447). 8: many groups, each with its own error. 9: members
 * and their epochs (KIP-848). 10: topic ids instead of names.
 *
 * Not done: transactions.
 */
import type { CommittedOffset, GroupOffsets } from '../coordinators/groups/requests';
import { errors, KafkaError } from '../errors';
import { mapKey } from '../map-key';
import { defineApi } from '../protocol/api';
import { zeroUuid } from '../protocol/bytes';
import { array, bool, type Draft, type Infer, int16, int32, long, string, uuid } from '../protocol/schema';
import type { MetadataImage } from '../storage/metadata-image';
import { orRefused } from './shared/or-refused';

const request = {
  groupId: string().until(7).default(''),
  topics: array({ name: string(), partitionIndexes: array(int32()) })
    .until(7)
    .nullable(2)
    .default([]),
  groups: array({
    groupId: string(),
    memberId: string().since(9).nullable().default(null),
    memberEpoch: int32().since(9).default(-1),
    topics: array({
      name: string().until(9).default(''),
      topicId: uuid().since(10).default(zeroUuid),
      partitionIndexes: array(int32()),
    }).nullable(),
  })
    .since(8)
    .default([]),
  requireStable: bool().since(7).default(false),
};

const partitions = (leaderEpochSince: number) =>
  array({
    partitionIndex: int32(),
    committedOffset: long(),
    committedLeaderEpoch: int32().since(leaderEpochSince).default(-1),
    metadata: string().nullable(),
    errorCode: int16(),
  });

const response = {
  throttleTimeMs: int32().since(3).default(0),
  topics: array({ name: string(), partitions: partitions(5) })
    .until(7)
    .default([]),
  errorCode: int16().since(2).until(7).default(0),
  groups: array({
    groupId: string(),
    topics: array({
      name: string().until(9).default(''),
      topicId: uuid().since(10).default(zeroUuid),
      partitions: partitions(8),
    }),
    errorCode: int16().default(0),
  })
    .since(8)
    .default([]),
};

type Request = Infer<typeof request>;
type Group = Request['groups'][number];
type Asked = NonNullable<Group['topics']>[number];
type GroupRow = NonNullable<Draft<typeof response>['groups']>[number];
type TopicRow = GroupRow['topics'][number];
type PartitionRow = TopicRow['partitions'][number];

export const offsetFetch = defineApi({
  key: 9,
  name: 'OffsetFetch',
  versions: '1-10',
  flexible: '6+',
  request,
  response,

  refuse: (body, error) => ({
    ...failedAlone(groupAlone(body), error),
    groups: body.groups.map((group) => failed(group, error)),
  }),

  async handle(body, { version }, services) {
    const firstTime = firstTimes();
    const fetch = async (group: Group): Promise<GroupRow | KafkaError> => {
      const { topics, ...who } = group;
      const offsets = await orRefused(services.groups.fetchOffsets({ ...who, requireStable: body.requireStable }));
      if (offsets instanceof KafkaError) return offsets;
      const image = services.metadata();
      const rows =
        topics === null
          ? everything(offsets, version, image)
          : topics.map((asked) => topicRow(firstTime(group, asked), offsets, version, image));
      return { groupId: group.groupId, topics: rows };
    };

    if (version < 8) {
      const group = groupAlone(body);
      const row = await fetch(group);
      if (!(row instanceof KafkaError)) return { topics: namedRows(row.topics) };
      return version < 2 ? failedAlone(group, row) : { errorCode: row.code };
    }
    const again = askedForAllAgain(body.groups);
    const rows = body.groups.map(async (group) => {
      const row = again.has(group) ? errors.INVALID_REQUEST : await fetch(group);
      return row instanceof KafkaError ? failed(group, row) : row;
    });
    return { groups: await Promise.all(rows) };
  },
});

/** What versions up to 7 ask for, as newer ones would. */
function groupAlone({ groupId, topics }: Request): Group {
  const asked = topics?.map((topic) => ({ ...topic, topicId: zeroUuid })) ?? null;
  return { groupId, memberId: null, memberEpoch: -1, topics: asked };
}

/** Groups all of whose offsets have been asked for before: so small a request must not be given an answer so large. */
function askedForAllAgain(groups: readonly Group[]): Set<Group> {
  const seen = new Set<string>();
  const again = new Set<Group>();
  for (const group of groups) {
    if (group.topics !== null) continue;
    const key = mapKey(group.groupId);
    if (seen.has(key)) again.add(group);
    seen.add(key);
  }
  return again;
}

/** Leaves out what has been asked before. */
function firstTimes(): (group: Group, asked: Asked) => Asked {
  const asked = new Map<string, Set<number>>();
  return ({ groupId }, { name, topicId, partitionIndexes }) => {
    const key = `${mapKey(groupId)} ${topicId} ${mapKey(name)}`;
    let before = asked.get(key);
    if (before === undefined) asked.set(key, (before = new Set()));
    const fresh: number[] = [];
    for (const index of partitionIndexes) {
      if (before.has(index)) continue;
      before.add(index);
      fresh.push(index);
    }
    return { name, topicId, partitionIndexes: fresh };
  };
}

function topicRow(asked: Asked, offsets: GroupOffsets, version: number, { topicsById }: MetadataImage): TopicRow {
  const { topicId, partitionIndexes } = asked;
  const name = version < 10 ? asked.name : topicsById.get(topicId)?.name;
  if (name === undefined)
    return { topicId, partitions: partitionIndexes.map((index) => partitionRow(index, null, errors.UNKNOWN_TOPIC_ID)) };
  const partitions = partitionIndexes.map((index) => {
    const found = offsets.get(name)?.get(index);
    return partitionRow(index, found !== undefined && isOf(topicId, found) ? found : null);
  });
  return { name, topicId, partitions };
}

/** All that is committed and that the version can name. */
function everything(offsets: GroupOffsets, version: number, { topicsByName }: MetadataImage): TopicRow[] {
  const rows: TopicRow[] = [];
  for (const [name, committed] of offsets) {
    const topicId = version < 10 ? zeroUuid : topicsByName.get(name)?.id;
    if (topicId === undefined) continue;
    const partitions: PartitionRow[] = [];
    for (const [index, found] of committed) if (isOf(topicId, found)) partitions.push(partitionRow(index, found));
    if (partitions.length > 0) rows.push({ name, topicId, partitions });
  }
  return rows;
}

/** Whether an offset was committed for this topic, as far as both say. */
function isOf(topicId: string, found: CommittedOffset): boolean {
  return topicId === zeroUuid || found.topicId === zeroUuid || found.topicId === topicId;
}

function partitionRow(partitionIndex: number, found: CommittedOffset | null, error = errors.NONE): PartitionRow {
  return {
    partitionIndex,
    committedOffset: found?.offset ?? -1,
    committedLeaderEpoch: found?.leaderEpoch ?? -1,
    metadata: found?.metadata ?? '',
    errorCode: error.code,
  };
}

/** The same error on each partition that was asked for, and on the whole. */
function failedAlone({ topics }: Group, error: KafkaError) {
  const rows = (topics ?? []).map(({ name, partitionIndexes }) => ({
    name,
    partitions: partitionIndexes.map((index) => partitionRow(index, null, error)),
  }));
  return { topics: rows, errorCode: error.code };
}

function failed({ groupId }: Group, { code }: KafkaError): GroupRow {
  return { groupId, topics: [], errorCode: code };
}

function namedRows(rows: readonly TopicRow[]) {
  return rows.map(({ name = '', partitions }) => ({ name, partitions }));
}
