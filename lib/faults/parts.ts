/**
 * What a request names, and how the part of it that a fault concerns is cut out of it and its refusal put back into the
 * answer: a Produce to two topics of which one is meant fails for that one. Pure; called by call-faults.ts.
 *
 * What always holds: rows of an answer come in the order of the request, whoever made them.
 *
 * Not done: requests of a fetch session (KIP-227) concern the partitions that they name, not those that the session
 * remembers.
 */
import type { Request } from '../pipeline/seams';

/** The body of a message, of whatever API. */
export type Body = Readonly<Record<string, unknown>>;

/** Rows of a request, each about one thing, and the rows of the answer to them. */
interface Rows {
  readonly asked: string;
  readonly answered: string;
  /** Lists of partitions within a row, where they can fail by themselves. */
  readonly partitions?: readonly [asked: string, answered: string];
}

/** APIs whose rows are about topics, by name. */
const topicRows: Readonly<Record<string, readonly Rows[]>> = {
  Produce: [{ asked: 'topicData', answered: 'responses', partitions: ['partitionData', 'partitionResponses'] }],
  Fetch: [{ asked: 'topics', answered: 'responses', partitions: ['partitions', 'partitions'] }],
  ListOffsets: [{ asked: 'topics', answered: 'topics', partitions: ['partitions', 'partitions'] }],
  Metadata: [{ asked: 'topics', answered: 'topics' }],
  OffsetCommit: [{ asked: 'topics', answered: 'topics', partitions: ['partitions', 'partitions'] }],
  OffsetForLeaderEpoch: [{ asked: 'topics', answered: 'topics', partitions: ['partitions', 'partitions'] }],
  CreateTopics: [{ asked: 'topics', answered: 'topics' }],
  DeleteTopics: [
    { asked: 'topics', answered: 'responses' },
    { asked: 'topicNames', answered: 'responses' },
  ],
  CreatePartitions: [{ asked: 'topics', answered: 'results' }],
  DescribeTopicPartitions: [{ asked: 'topics', answered: 'topics' }],
  DescribeConfigs: [{ asked: 'resources', answered: 'results' }],
};
/** APIs that name topics and answer as a whole, or for a group: where the names are. */
const topicMentions: Readonly<Record<string, (body: Body) => readonly unknown[]>> = {
  OffsetFetch: (body) => [
    ...rowsOf(body, 'topics'),
    ...rowsOf(body, 'groups').flatMap((group) => rowsOf(group as Body, 'topics')),
  ],
  OffsetDelete: (body) => rowsOf(body, 'topics'),
  ConsumerGroupHeartbeat: (body) => rowsOf(body, 'subscribedTopicNames'),
};
/** APIs whose rows are about groups. */
const groupRows: Readonly<Record<string, readonly Rows[]>> = {
  FindCoordinator: [{ asked: 'coordinatorKeys', answered: 'coordinators' }],
  OffsetFetch: [{ asked: 'groups', answered: 'groups' }],
  DescribeGroups: [{ asked: 'groups', answered: 'groups' }],
  ConsumerGroupDescribe: [{ asked: 'groupIds', answered: 'groups' }],
  DeleteGroups: [{ asked: 'groupsNames', answered: 'results' }],
};

/** What a fault is about. */
export interface Wanted {
  readonly topic?: string | undefined;
  readonly partition?: number | undefined;
  readonly group?: string | undefined;
}

/** A request in two: what is meant, and what is not; null: all of it is meant. */
export interface Parts {
  readonly meant: Body;
  readonly rest: Body | null;
}

/** What an API can be asked about. */
export function names(apiName: string, fields: object): { readonly topics: boolean; readonly groups: boolean } {
  return {
    topics: apiName in topicRows || apiName in topicMentions,
    groups: apiName in groupRows || 'groupId' in fields,
  };
}

/**
 * The part of a request that is meant; null if none of it is.
 * @param topicName the name of a topic with this id
 */
export function partsOf(request: Request, wanted: Wanted, topicName: (id: string) => string | undefined): Parts | null {
  const body = request.body as Body;
  const { name: api } = request.api;
  if (wanted.group !== undefined && !isOfGroup(api, body, wanted.group)) return null;
  if (wanted.topic === undefined) {
    const rows = wanted.group === undefined ? [] : (groupRows[api] ?? []);
    return (
      cut(rows, body, (row) => (nameOf(row, topicName) === wanted.group ? row : null)) ?? { meant: body, rest: null }
    );
  }
  const { topic, partition } = wanted;
  const mentions = topicMentions[api];
  if (mentions !== undefined)
    return mentions(body).some((row) => nameOf(row, topicName) === topic) ? { meant: body, rest: null } : null;
  // Who asks for all topics names none of them.
  if (api === 'Metadata' && body['topics'] === null)
    return { meant: { ...body, topics: [{ topicId: noId, name: topic }] }, rest: body };
  const rows = topicRows[api] ?? [];
  const parts = cut(rows, body, (row, { partitions }) => {
    if (nameOf(row, topicName) !== topic) return null;
    if (partition === undefined || partitions === undefined) return row;
    const found = rowsOf(row as Body, partitions[0]).filter((one) => partitionOf(one) === partition);
    return found.length === 0 ? null : { ...(row as Body), [partitions[0]]: found };
  });
  return parts === null || api !== 'Fetch' ? parts : fetchParts(parts, body);
}

/** The answer with the rows of `refused` in the place of its own. */
export function merge(request: Request, answer: Body, refused: Body): Body {
  const { name: api } = request.api;
  const merged: Record<string, unknown> = { ...answer };
  for (const { asked, answered, partitions } of [...(topicRows[api] ?? []), ...(groupRows[api] ?? [])]) {
    const order = rowsOf(request.body as Body, asked).map(rowKey);
    const rows = [...rowsOf(answer, answered)];
    for (const row of rowsOf(refused, answered)) {
      const at = rows.findIndex((other) => rowKey(other) === rowKey(row));
      if (at < 0) rows.push(row);
      else rows[at] = partitions === undefined ? row : mergePartitions(rows[at] as Body, row as Body, partitions[1]);
    }
    if (order.length > 0) rows.sort((a, b) => order.indexOf(rowKey(a)) - order.indexOf(rowKey(b)));
    if (rows.length > 0) merged[answered] = rows;
  }
  return merged;
}

const noId = 'AAAAAAAAAAAAAAAAAAAAAA';

function mergePartitions(row: Body, refused: Body, field: string): Body {
  const rows = new Map(rowsOf(row, field).map((one) => [partitionOf(one), one]));
  for (const one of rowsOf(refused, field)) rows.set(partitionOf(one), one);
  return { ...row, [field]: [...rows.values()].sort((a, b) => partitionOf(a) - partitionOf(b)) };
}

/** A fetch that has an error to tell waits for nothing; one of a session is left whole, or the session would forget. */
function fetchParts({ meant, rest }: Parts, body: Body): Parts {
  const isOfSession = body['sessionEpoch'] !== -1;
  const left = isOfSession || rest === null || rowsOf(rest, 'topics').length === 0 ? (isOfSession ? body : null) : rest;
  return { meant, rest: left === null ? null : { ...left, maxWaitMs: 0 } };
}

/** Cuts the rows of a body in two; null if no row is meant. */
function cut(lists: readonly Rows[], body: Body, meantOf: (row: unknown, rows: Rows) => unknown): Parts | null {
  for (const list of lists) {
    const meant: unknown[] = [];
    const rest: unknown[] = [];
    for (const row of rowsOf(body, list.asked)) {
      const found = meantOf(row, list);
      if (found !== null) meant.push(found);
      if (found === null) rest.push(row);
      else if (found !== row) rest.push(...without(row as Body, found as Body, list));
    }
    if (meant.length === 0) continue;
    return {
      meant: { ...body, [list.asked]: meant },
      rest: rest.length === 0 ? null : { ...body, [list.asked]: rest },
    };
  }
  return null;
}

/** A row without the partitions of another one; nothing, if none are left. */
function without(row: Body, taken: Body, { partitions }: Rows): Body[] {
  const [field] = partitions!;
  const left = rowsOf(row, field).filter((one) => !rowsOf(taken, field).includes(one));
  return left.length === 0 ? [] : [{ ...row, [field]: left }];
}

function isOfGroup(api: string, body: Body, group: string): boolean {
  if (body['groupId'] === group && group !== '') return true;
  if (api === 'FindCoordinator' && (body['keyType'] ?? 0) !== 0) return false;
  if (api === 'FindCoordinator' && body['key'] === group) return true;
  return (groupRows[api] ?? []).some(({ asked }) => rowsOf(body, asked).some((row) => rowKey(row) === group));
}

function rowsOf(body: Body, field: string): readonly unknown[] {
  const rows = body[field];
  return Array.isArray(rows) ? rows : [];
}

/** What tells rows apart, in requests and answers alike. */
function rowKey(row: unknown): string {
  if (typeof row === 'string') return row;
  const { topic, name, groupId, key, resourceName, topicId } = row as Readonly<Record<string, string | null>>;
  const named = topic || name || groupId || key || resourceName || '';
  return named !== '' ? named : (topicId ?? '');
}

/** The name of the topic or group that a row is about. */
function nameOf(row: unknown, topicName: (id: string) => string | undefined): string {
  if (typeof row !== 'string' && ((row as Body)['resourceType'] ?? 2) !== 2) return '';
  const key = rowKey(row);
  const { topicId } = row as { topicId?: string };
  return topicId !== undefined && key === topicId ? (topicName(topicId) ?? '') : key;
}

function partitionOf(row: unknown): number {
  if (typeof row === 'number') return row;
  const { index, partition, partitionIndex } = row as Readonly<Record<string, number>>;
  return index ?? partition ?? partitionIndex ?? -1;
}
