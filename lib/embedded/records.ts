/**
 * The records of a topic as they are in the log, as an async iterable and as an Observable. Called by create-broker.ts.
 *
 * What always holds: records of one partition come in order, each once. Those of several partitions come one partition
 * after the other; with `follow` they come as they are appended. Bytes are the reader's own. It ends at the end of what
 * was there when it began; with `follow` when the topic is deleted or the broker closes.
 *
 * Not done: read_committed; partitions that are added while it follows.
 */
import { firstValueFrom, merge, Observable, observable, Subject, takeUntil } from 'rxjs';
import { errors } from '../errors';
import * as batch from '../records/batch';
import { type LogRecord, recordsOf } from '../records/record';
import type { Services } from '../services';
import type { PartitionLog } from '../storage/engine';
import { checkNames, UsageError } from '../usage';
import { Refused, refused } from './errors';

/** A record as it is in the log. */
export interface StoredRecord extends LogRecord {
  readonly topic: string;
  readonly partition: number;
}

export interface RecordsOptions {
  /** Where to begin: at the first record there is (if absent), behind the last, or at an offset of every partition. */
  readonly from?: 'beginning' | 'end' | number;
  /** Goes on with what is appended later. */
  readonly follow?: boolean;
  /** All of them if absent. */
  readonly partition?: number;
}

const readMaxBytes = 1024 * 1024;

interface Position {
  readonly log: PartitionLog;
  offset: number;
  /** Where to stop. */
  readonly end: number;
}

/** Each iteration and each subscription begins anew. */
export class Records implements AsyncIterable<StoredRecord> {
  private readonly topic: string;
  private readonly options: RecordsOptions;
  private readonly topics: Services['topics'];

  /** @throws UsageError for options that cannot be meant */
  constructor(topic: string, options: RecordsOptions, { topics }: Pick<Services, 'topics'>) {
    checkNames('records', options, ['from', 'follow', 'partition'] satisfies (keyof RecordsOptions)[]);
    const { from = 'beginning' } = options;
    if (from !== 'beginning' && from !== 'end' && !(Number.isSafeInteger(from) && from >= 0))
      throw new UsageError(`records: from: ${JSON.stringify(from)}, expected 'beginning', 'end' or an offset`);
    this.topic = topic;
    this.options = options;
    this.topics = topics;
  }

  /** @throws Refused (from `next`) where there is no such topic, partition or offset, or the disk fails */
  [Symbol.asyncIterator](): AsyncIterableIterator<StoredRecord> {
    const stop$ = new Subject<void>();
    const records = this.read(stop$);
    const iterator: AsyncIterableIterator<StoredRecord> = {
      next: () => records.next(),
      return: () => {
        stop$.next(); // whoever waits for a record waits no longer
        return records.return(undefined);
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** The same as an Observable; `from(records)` of RxJS calls this. */
  asObservable(): Observable<StoredRecord> {
    return new Observable((subscriber) => {
      const iterator = this[Symbol.asyncIterator]();
      subscriber.add(() => void iterator.return?.().catch(() => {}));
      const pump = async () => {
        for (let next = await iterator.next(); !next.done && !subscriber.closed; next = await iterator.next())
          subscriber.next(next.value);
        subscriber.complete();
      };
      pump().catch((error) => subscriber.error(error));
    });
  }

  [observable](): Observable<StoredRecord> {
    return this.asObservable();
  }

  /** All of them; with `follow` it resolves when the broker closes. */
  async toArray(): Promise<StoredRecord[]> {
    const all: StoredRecord[] = [];
    for await (const record of this) all.push(record);
    return all;
  }

  private async *read(stop$: Subject<void>): AsyncGenerator<StoredRecord, undefined> {
    const positions = this.positions();
    let isOver = false;
    // Subscribed before the first look, so that nothing is appended between looking and waiting.
    const advanced$ = new Subject<void>();
    const watch = merge(...positions.map(({ log }) => log.advanced$))
      .pipe(takeUntil(stop$))
      .subscribe({
        next: () => advanced$.next(),
        complete: () => {
          isOver = true;
          advanced$.next();
        },
      });
    try {
      do {
        for (const position of positions) yield* this.upToEnd(position);
        const isAtEnd = positions.every(({ log, offset }) => offset >= log.highWatermark);
        if (this.options.follow && isAtEnd && !isOver) await firstValueFrom(advanced$);
      } while (this.options.follow && !isOver);
    } finally {
      watch.unsubscribe();
    }
    return undefined;
  }

  private positions(): Position[] {
    const topic = this.topics.byName(this.topic);
    const { partition, from = 'beginning', follow = false } = this.options;
    const logs = partition === undefined ? [...(topic?.partitions ?? [])] : [topic?.partition(partition)];
    if (logs.length === 0) throw new Refused(`read ${this.topic}`, errors.UNKNOWN_TOPIC_OR_PARTITION);
    return logs.map((log) => {
      if (log === undefined) throw new Refused(`read ${this.topic}-${partition}`, errors.UNKNOWN_TOPIC_OR_PARTITION);
      const { logStartOffset, highWatermark } = log;
      const offset = from === 'beginning' ? logStartOffset : from === 'end' ? highWatermark : from;
      return { log, offset, end: follow ? Number.POSITIVE_INFINITY : highWatermark };
    });
  }

  private async *upToEnd(position: Position): AsyncGenerator<StoredRecord> {
    const { log, end } = position;
    const { partition } = log;
    while (position.offset < Math.min(end, log.highWatermark)) {
      const from = position.offset;
      const options = { maxBytes: readMaxBytes, atLeastOne: true, isolation: 'read_uncommitted' } as const;
      let bytes: Buffer;
      try {
        const read = await log.read(from, options);
        bytes = Buffer.from(read.records);
        read.release?.();
        position.offset = Math.max(from + 1, read.nextOffset);
      } catch (error) {
        throw refused(`read ${this.topic}-${partition} at ${from}`, error);
      }
      for (const at of batch.batchesOf(bytes)) {
        if (batch.isControl(bytes, at)) continue;
        for (const record of recordsOf(bytes, at))
          if (record.offset >= from && record.offset < end) yield { topic: this.topic, partition, ...record };
      }
    }
  }
}
