/** The requests that simple testers send, and the answers as they read them: every field, and nothing left over. */
import { Bytes, Cursor } from './bytes';

/** A request with its length and a header of version 2. */
export function request(key: number, version: number, correlationId: number, body: Bytes, clientId = 'tester'): Buffer {
  const name = Buffer.from(clientId);
  const head = new Bytes().int16(key).int16(version).int32(correlationId).int16(name.length).raw(name).tags();
  const whole = head.raw(body.done()).done();
  return new Bytes().int32(whole.length).raw(whole).done();
}

export function apiVersions(version: number, correlationId: number): Buffer {
  return request(18, version, correlationId, new Bytes().compact('kafka-cli').compact('0.1').tags());
}

export interface ProducedTopic {
  readonly name: string;
  readonly partitions: readonly { readonly index: number; readonly batch: Buffer }[];
}

/** Produce 11. Some testers send an empty transactional id where they mean none. */
export function produce(
  correlationId: number,
  topics: readonly ProducedTopic[],
  transactionalId: '' | null = null,
): Buffer {
  const body = transactionalId === null ? new Bytes().uvarint(0) : new Bytes().compact(transactionalId);
  body.int16(1).int32(0);
  body.array(topics, ({ name, partitions }) => {
    body.compact(name).array(partitions, ({ index, batch }) => body.int32(index).compact(batch).tags());
    body.tags();
  });
  return request(0, 11, correlationId, body.tags());
}

export interface ProduceRow {
  readonly index: number;
  readonly errorCode: number;
  readonly baseOffset: number;
  readonly logAppendTimeMs: number;
  readonly logStartOffset: number;
  readonly recordErrors: readonly unknown[];
  readonly errorMessage: string | null;
}

export interface ProduceAnswer {
  readonly correlationId: number;
  readonly throttleTimeMs: number;
  readonly topics: readonly { readonly name: string | null; readonly partitions: readonly ProduceRow[] }[];
}

/** The answer to Produce 11; throws where it is shorter or longer than its fields. */
export function readProduce(frame: Buffer): ProduceAnswer {
  const c = new Cursor(frame);
  const correlationId = c.int32();
  c.tags();
  const topics = c.array(() => {
    const name = c.compactString();
    const partitions = c.array(() => {
      const row = {
        index: c.int32(),
        errorCode: c.int16(),
        baseOffset: c.int64(),
        logAppendTimeMs: c.int64(),
        logStartOffset: c.int64(),
        recordErrors: c.array(() => {
          const error = [c.int32(), c.compactString()];
          c.tags();
          return error;
        }),
        errorMessage: c.compactString(),
      };
      c.tags();
      return row;
    });
    c.tags();
    return { name, partitions };
  });
  const throttleTimeMs = c.int32();
  c.tags();
  atEnd(c);
  return { correlationId, throttleTimeMs, topics };
}

/** Fetch 16 of one partition from its beginning; null: of no topic at all. */
export function fetch(correlationId: number, topicId: Buffer | null, partition = 0): Buffer {
  const body = new Bytes().int32(500).int32(1).int32(52428800).int8(0).int32(0).int32(0);
  body.array(topicId === null ? [] : [topicId], (id) => {
    body.raw(id).array([partition], (index) => {
      body.int32(index).int32(-1).int64(0).int32(-1).int64(-1).int32(1048576).tags();
    });
    body.tags();
  });
  return request(
    1,
    16,
    correlationId,
    body
      .array([], () => {})
      .compact('')
      .tags(),
  );
}

export interface FetchAnswer {
  readonly correlationId: number;
  readonly throttleTimeMs: number;
  readonly errorCode: number;
  readonly topics: readonly {
    readonly id: Buffer;
    readonly partitions: readonly {
      readonly index: number;
      readonly errorCode: number;
      readonly highWatermark: number;
      readonly lastStableOffset: number;
      readonly logStartOffset: number;
      readonly records: Buffer;
    }[];
  }[];
}

export function readFetch(frame: Buffer): FetchAnswer {
  const c = new Cursor(frame);
  const correlationId = c.int32();
  c.tags();
  const throttleTimeMs = c.int32();
  const errorCode = c.int16();
  c.int32(); // whichever session it gave us
  const topics = c.array(() => {
    const id = c.raw(16);
    const partitions = c.array(() => {
      const offsets = {
        index: c.int32(),
        errorCode: c.int16(),
        highWatermark: c.int64(),
        lastStableOffset: c.int64(),
        logStartOffset: c.int64(),
      };
      c.array(() => {
        c.raw(16);
        c.tags();
      });
      c.int32();
      const records = c.raw(c.uvarint() - 1);
      c.tags();
      return { ...offsets, records };
    });
    c.tags();
    return { id, partitions };
  });
  c.tags();
  atEnd(c);
  return { correlationId, throttleTimeMs, errorCode, topics };
}

/** DescribeTopicPartitions 0. */
export function describeTopics(correlationId: number, names: readonly string[], limit = 100): Buffer {
  const body = new Bytes();
  body
    .array(names, (name) => body.compact(name).tags())
    .int32(limit)
    .int8(-1)
    .tags();
  return request(75, 0, correlationId, body);
}

export interface DescribedTopic {
  readonly errorCode: number;
  readonly name: string | null;
  readonly id: Buffer;
  readonly isInternal: boolean;
  readonly partitions: readonly {
    readonly errorCode: number;
    readonly index: number;
    readonly leader: number;
    readonly replicas: readonly number[];
    readonly isr: readonly number[];
    readonly offline: readonly number[];
  }[];
}

export function readDescribed(frame: Buffer): { correlationId: number; cursor: number; topics: DescribedTopic[] } {
  const c = new Cursor(frame);
  const correlationId = c.int32();
  c.tags();
  c.int32();
  const int32 = () => c.int32();
  const topics = c.array(() => {
    const head = { errorCode: c.int16(), name: c.compactString(), id: c.raw(16), isInternal: c.int8() === 1 };
    const partitions = c.array(() => {
      const place = { errorCode: c.int16(), index: c.int32(), leader: c.int32() };
      c.int32();
      const replicas = c.array(int32);
      const isr = c.array(int32);
      c.array(int32);
      c.array(int32);
      const offline = c.array(int32);
      c.tags();
      return { ...place, replicas, isr, offline };
    });
    c.int32();
    c.tags();
    return { ...head, partitions };
  });
  const cursor = c.int8();
  c.tags();
  atEnd(c);
  return { correlationId, cursor, topics };
}

function atEnd(cursor: Cursor): void {
  if (cursor.left > 0) throw new Error(`${cursor.left} bytes too many`);
}
