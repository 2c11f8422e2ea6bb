/**
 * A reader: fetches partitions from their beginning to wherever they have got, in sessions or without. What it is told of a
 * high watermark never goes back.
 */
import { fetch } from '../../lib/apis/fetch';
import { errors } from '../../lib/errors';
import { batchesOf } from '../../lib/records/batch';
import { recordsOf } from '../../lib/records/record';
import type { Client } from './client';
import type { Stored } from './ledger';

/** Records of a fetched partition from an offset on. */
export function recordsFrom(records: Buffer, offset: number): Stored[] {
  const found: Stored[] = [];
  for (const at of batchesOf(records)) {
    for (const record of recordsOf(records, at)) {
      if (record.offset >= offset) found.push({ offset: record.offset, value: String(record.value) });
    }
  }
  return found;
}

/** One partition of a fetch. */
export interface Wanted {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A fetch of several partitions, as one request has it. */
export function fetchOf(wanted: readonly Wanted[], maxWaitMs: number) {
  const topics = [...new Set(wanted.map(({ topic }) => topic))];
  return {
    ...{ maxWaitMs, minBytes: 1, maxBytes: 1e6 },
    topics: topics.map((topic) => ({
      topic,
      partitions: wanted
        .filter((one) => one.topic === topic)
        .map(({ partition, offset }) => ({ partition, fetchOffset: offset, partitionMaxBytes: 1e5 })),
    })),
  };
}

/** Resolves when the world ends. */
export async function runReader(client: Client, partitions: readonly (readonly [string, number])[]): Promise<void> {
  const { world, dice, name } = client;
  const version = dice.pick([7, 11, 12]);
  const usesSession = dice.chance(0.5);
  const at = new Map(
    partitions.map(([topic, partition]) => [`${topic}-${partition}`, { topic, partition, offset: 0 }]),
  );
  const highest = new Map<string, number>();
  let session = { sessionId: 0, sessionEpoch: usesSession ? 0 : -1 };
  while (!world.isEnding) {
    await client.think();
    if (dice.chance(0.03)) client.hangUp();
    const answer = await client.ask(fetch, version, {
      ...fetchOf([...at.values()], dice.pick([0, 60, 200])),
      ...session,
    });
    if (answer === null || answer.errorCode !== 0) {
      if (answer !== null) client.isPassing(answer.errorCode, 'fetch');
      session = { sessionId: 0, sessionEpoch: usesSession ? 0 : -1 };
      continue;
    }
    if (usesSession)
      session = { sessionId: answer.sessionId, sessionEpoch: answer.sessionId === 0 ? 0 : session.sessionEpoch + 1 };
    for (const { topic, partitions: rows } of answer.responses) {
      for (const { partitionIndex, errorCode, highWatermark, records } of rows) {
        const place = `${topic}-${partitionIndex}`;
        if (errorCode !== 0) {
          client.isPassing(errorCode, `fetch of ${place}`);
          continue;
        }
        if (highWatermark < (highest.get(place) ?? 0))
          world.ledger.fault(
            `${name} is told high watermark ${highWatermark} of ${place}, and was told ${highest.get(place)}`,
          );
        highest.set(place, highWatermark);
        const one = at.get(place)!;
        for (const record of recordsFrom(records ?? Buffer.alloc(0), one.offset)) {
          if (record.offset !== one.offset)
            world.ledger.fault(`${name} reads offset ${record.offset} of ${place} where ${one.offset} comes next`);
          if (record.offset >= highWatermark)
            world.ledger.fault(
              `${name} reads offset ${record.offset} of ${place}, whose high watermark is ${highWatermark}`,
            );
          world.ledger.reads(place, record);
          one.offset = record.offset + 1;
        }
      }
    }
  }
}

/** Everything there is in a partition, read to its end; null where it cannot be read. */
export async function readAll(client: Client, topic: string, partition: number): Promise<Stored[] | null> {
  const all: Stored[] = [];
  for (let tries = 0; tries < 50; ) {
    const answer = await client.ask(fetch, 11, fetchOf([{ topic, partition, offset: all.length }], 0));
    const row = answer?.responses[0]?.partitions[0];
    if (row === undefined || row.errorCode !== 0) {
      tries++;
      if (row?.errorCode === errors.OFFSET_OUT_OF_RANGE.code) return null;
      await client.think();
      continue;
    }
    const records = recordsFrom(row.records ?? Buffer.alloc(0), all.length);
    all.push(...records);
    if (records.length === 0) return all.length === row.highWatermark ? all : null;
  }
  return null;
}
