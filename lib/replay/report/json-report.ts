/**
 * What came of a replay for programs: one JSON object a line for each request, and one for the whole behind them.
 */
import type { LearnedIds } from '../ids/learned-ids';
import type { Outcome } from '../outcome';
import type { Tally } from '../tally';
import { plain } from './said';

/** Differences carry the field's path, both values, and why it may differ (null: it must not). */
export function outcomeJson({ request, recorded, replayed, verdict, differences, retries, why }: Outcome): string {
  return `${JSON.stringify({
    request: request.number,
    connection: request.connection,
    client: request.client,
    clientId: request.header.clientId,
    api: request.name,
    version: request.header.apiVersion,
    atMs: request.sentAtMs,
    verdict,
    why,
    retries,
    recordedLatencyMs: recorded?.latencyMs ?? null,
    replayedLatencyMs: replayed === null ? null : replayed.atMs - replayed.sentAtMs,
    differences: differences.map(({ path, recorded, replayed, what, reason }) => ({
      path,
      recorded: plain(recorded),
      replayed: plain(replayed),
      what,
      reason,
    })),
  })}\n`;
}

export function summaryJson(tally: Tally, ids: LearnedIds, playedMs: number, stopped: string | null): string {
  return `${JSON.stringify({
    summary: {
      connections: tally.connections,
      requests: tally.requests,
      answers: tally.compared,
      differences: tally.differences,
      apis: Object.fromEntries(tally.apis),
      unserved: tally.unserved,
      mayDiffer: Object.fromEntries(tally.allowed),
      ids: Object.fromEntries(ids.changed),
      retries: tally.retries,
      lost: tally.lost,
      strays: tally.strays,
      recordedMs: tally.recordedMs,
      playedMs,
      stopped,
    },
  })}\n`;
}
