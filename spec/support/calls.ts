/**
 * Rows of calls made by hand, for specs of what is listed and counted.
 */
import { expect } from 'chai';
import { callsOf } from '../../lib/capture/calls';
import type { CaptureEvent } from '../../lib/capture/event';
import type { Exchange } from '../../lib/protocol/exchange';
import type { Draft, Schema } from '../../lib/protocol/schema';
import { CallFacts } from '../../lib/traffic/call-facts';
import { CallRow } from '../../lib/traffic/call-row';
import { answerBytes, frame, opened, requestBytes } from './recordings';

/** One call as a spec says it. */
export interface Said<Q extends Schema = Schema, R extends Schema = Schema> {
  readonly exchange: Exchange<Q, R>;
  readonly version: number;
  readonly request: Draft<Q>;
  /** Null: it was never answered. */
  readonly answer: Draft<R> | null;
  readonly connection?: number;
  readonly clientId?: string;
  readonly sentAtMs?: number;
  readonly latencyMs?: number;
}

/** Lets each call have the types of its own API. */
export function said<Q extends Schema, R extends Schema>(call: Said<Q, R>): Said {
  return call as Said;
}

/** The events of calls, one after another. */
export function eventsOf(calls: readonly Said[]): CaptureEvent[] {
  const events: CaptureEvent[] = [];
  const known = new Set<number>();
  for (const [i, call] of calls.entries()) {
    const { exchange, version, connection = 1, clientId = 'spec', sentAtMs = i, latencyMs = 0.5 } = call;
    if (!known.has(connection)) events.push(opened(connection, sentAtMs));
    known.add(connection);
    events.push(
      frame(connection, 'client', requestBytes(exchange, version, call.request, i, clientId), sentAtMs),
      ...(call.answer === null
        ? []
        : [frame(connection, 'broker', answerBytes(exchange, version, call.answer, i), sentAtMs + latencyMs)]),
    );
  }
  return events;
}

/** The rows of calls, in the order in which they are over; each was looked at when it came, as a reader of a stream does. */
export async function rowsOf(calls: readonly Said[]): Promise<CallRow[]> {
  const facts = new CallFacts();
  const rows: CallRow[] = [];
  for await (const event of callsOf(eventsOf(calls))) {
    if (event.is !== 'answered' && event.is !== 'unanswered') continue;
    const row = new CallRow(event, facts);
    expect(row.topics).to.be.an('array');
    rows.push(row);
  }
  return rows;
}
