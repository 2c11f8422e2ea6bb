/**
 * A Produce request sent again after some of its partitions were not ready: without what got in, and the two answers as one.
 */
import type { Body } from '../capture/recorded';

interface ProduceTopic extends Body {
  readonly name: string;
  readonly topicId: string;
}

/** Of a Produce request what did not get in: what got in must not be sent twice. */
export function withoutAppended(asked: Body, answered: Body): Body {
  const failed = new Set<string>();
  for (const { topic, row } of rowsOf(answered)) if (row['errorCode'] !== 0) failed.add(placeOf(topic, row));
  const topicData = (asked['topicData'] as readonly ProduceTopic[]).map((topic) => ({
    ...topic,
    partitionData: (topic['partitionData'] as readonly Body[]).filter((row) => failed.has(placeOf(topic, row))),
  }));
  return { ...asked, topicData: topicData.filter(({ partitionData }) => partitionData.length > 0) };
}

/** The answer to a Produce request that was sent again in part: the later one where it says something. */
export function mergedAppends(before: Body, after: Body): Body {
  const later = new Map<string, Body>();
  for (const { topic, row } of rowsOf(after)) later.set(placeOf(topic, row), row);
  const responses = (before['responses'] as readonly ProduceTopic[]).map((topic) => ({
    ...topic,
    partitionResponses: (topic['partitionResponses'] as readonly Body[]).map(
      (row) => later.get(placeOf(topic, row)) ?? row,
    ),
  }));
  return { ...after, responses };
}

function placeOf({ name, topicId }: ProduceTopic, row: Body): string {
  return `${name}\0${topicId}\0${row['index']}`;
}

function* rowsOf(body: Body): Generator<{ topic: ProduceTopic; row: Body }> {
  for (const topic of body['responses'] as readonly ProduceTopic[])
    for (const row of topic['partitionResponses'] as readonly Body[]) yield { topic, row };
}
