/**
 * Plays the calls of a recording to one broker and says what came of each. `replay` (replay.ts) runs one, a differential run
 * (diff.ts) two beside each other.
 *
 * Calls are taken in the recording's order: a request is sent at once; an answer is waited for before anything behind it
 * happens. So whatever was sent after an answer had come is sent after it comes again, on any connection, and what overlapped
 * overlaps: a long poll and the produce that ends it, or the JoinGroups of a rebalance. There is no wait without a deadline.
 */

import type { AnsweredCall, CallEvent, Unanswered } from '../capture/calls';
import { type Body, type RecordedAnswer, type RecordedRequest, readAnswer } from '../capture/recorded';
import type { Moved } from './compare/compare';
import type { ReasonOf } from './compare/may-differ';
import { FetchSessions } from './fetch-sessions';
import { encoded, type Flight, flightOf, grounded, unread } from './flight';
import type { LearnedIds } from './ids/learned-ids';
import { judged, outcomeOf } from './judge';
import { Logins } from './logins';
import type { Outcome, Replayed } from './outcome';
import type { Pace } from './pace';
import { mergedAppends, withoutAppended } from './produce-again';
import { askServed, type Served, TargetError } from './served';
import type { Target } from './target';
import type { Sent } from './target-connection';
import { TargetConnections } from './target-connections';
import { GivenUp, isNotReady, maySettle } from './transient';

export interface ReplayerOptions {
  /** What was learned of the target before. */
  readonly ids: LearnedIds;
  readonly pace: Pace;
  readonly reasonOf: ReasonOf;
  /** How much longer than in the recording an answer may take, in ms. */
  readonly answerMaxMs: number;
  /** How long a target may not be ready (coordinators, leaders), in ms. */
  readonly settleMaxMs: number;
  /** Which requests are not played. */
  leavesOut(request: RecordedRequest): boolean;
}

/** After so many requests in a row without an answer in time, the target is given up. */
const hangsMax = 3;
const retryMs = 50;
const retryMaxMs = 500;
/** How long news may take to get from one part of a broker to another, in ms. */
const newsMaxMs = 1000;
const produceKey = 0;
const fetchKey = 1;
/** CreateTopics and CreatePartitions. */
const makes: ReadonlySet<number> = new Set([19, 37]);

export class Replayer {
  readonly ids: LearnedIds;
  private readonly target: Target;
  private readonly options: ReplayerOptions;
  private readonly connections: TargetConnections;
  private readonly inFlight = new Map<RecordedRequest, Flight>();
  private readonly sessions: FetchSessions;
  private readonly logins = new Logins();
  private readonly givenUp = new GivenUp();
  private served: Served | null = null;
  private hangs = 0;

  constructor(target: Target, options: ReplayerOptions) {
    this.target = target;
    this.options = options;
    this.ids = options.ids;
    this.connections = new TargetConnections(target, options.pace);
    this.sessions = new FetchSessions(options.ids);
  }

  /**
   * Does what the recording did next. Resolves with what came of a request when it is over.
   * @throws TargetError if the target cannot be reached, or is no longer there
   */
  async take(event: CallEvent): Promise<Outcome | null> {
    switch (event.is) {
      case 'asked':
        await this.ask(event.request);
        return null;
      case 'answered':
        return this.answered(event);
      case 'unanswered':
        return this.unanswered(event);
      case 'closed':
        this.connections.end(event.connection);
        this.logins.closed(event.connection);
        return null;
      default:
        return null;
    }
  }

  /** Ends all connections. */
  close(): void {
    this.connections.close();
  }

  private async ask(request: RecordedRequest): Promise<void> {
    const { pace, answerMaxMs } = this.options;
    const due = pace.until(request.sentAtMs);
    if (due !== null) await due;
    this.served ??= await askServed(this.target, pace, answerMaxMs);
    const made = this.prepare(request, this.served);
    if (makes.has(request.header.apiKey)) this.givenUp.clear();
    this.inFlight.set(request, made);
    if (made.chunks !== null) await this.send(request, made);
  }

  private prepare(request: RecordedRequest, served: Served): Flight {
    const { header, exchange } = request;
    if (this.options.leavesOut(request)) return grounded('left out', null);
    const whyNoLogin = this.logins.ask(request);
    if (!served.has(header.apiKey, header.apiVersion) && !isProbe(request))
      return grounded('unserved', served.why(header.apiKey));
    if (whyNoLogin !== null) {
      // After its handshake the target expects nothing but a login there.
      this.connections.end(request.connection);
      return grounded('left out', whyNoLogin);
    }
    const whyLockedOut = this.logins.lockedOut(request.connection);
    if (whyLockedOut !== null) return grounded('locked out', whyLockedOut);
    const { body, why } = request.body;
    if (exchange === null || body === null) return unread(request, why);
    const fetch = header.apiKey === fetchKey ? this.sessions.ask(body) : null;
    return flightOf(request, fetch?.body ?? body, fetch, this.ids);
  }

  private async send(request: RecordedRequest, flight: Flight): Promise<void> {
    const connection = await this.connections.of(request.connection);
    const { sent, drained } = connection.send(flight.chunks!, request.header.correlationId, request.isAnswered);
    flight.sent = sent;
    if (drained !== null) await drained;
  }

  private async answered({ request, answer }: AnsweredCall): Promise<Outcome | null> {
    const flight = this.inFlight.get(request);
    this.inFlight.delete(request);
    if (flight === undefined) return null;
    if (flight.sent === null) return outcomeOf(request, flight, answer);
    return this.settle(request, flight, answer);
  }

  /** Compares, and asks again while the target may not be ready yet, as every client does. */
  private async settle(request: RecordedRequest, asked: Flight, answer: RecordedAnswer): Promise<Outcome> {
    const { pace } = this.options;
    const startMs = pace.now();
    let first = asked;
    let flight = first;
    let before: Body | null = null;
    for (let retries = 0; ; retries++) {
      const replayed = await this.replyOf(request, flight, answer, before);
      if (typeof replayed === 'string') {
        const why = this.logins.lockedOut(request.connection);
        const none =
          why === null ? ({ verdict: 'no answer', why: replayed } as const) : ({ verdict: 'locked out', why } as const);
        return { ...outcomeOf(request, first, answer), ...none, retries };
      }
      const again = this.withoutLost(request, flight, answer, replayed);
      if (again !== null) {
        first = flight = again;
        await this.send(request, flight);
        continue;
      }
      const moved: Moved[] = [];
      const comparing = { ids: this.ids, reasonOf: this.options.reasonOf, moved };
      const outcome = { ...judged(request, first, answer, replayed, comparing), retries };
      if (pace.now() - startMs >= this.patienceMs(outcome)) {
        if (isNotReady(outcome.differences)) this.givenUp.add(outcome.differences);
        for (const one of moved) this.ids.follow(one.kind, one.place, one.recorded, one.replayed);
        return outcome;
      }
      await pace.wait(Math.min(retryMaxMs, retryMs * 2 ** retries));
      if (request.header.apiKey === produceKey) {
        before = replayed.body.body!;
        flight = { ...first, chunks: encoded(request, withoutAppended(first.asked!, before)) };
      }
      await this.send(request, flight);
    }
  }

  /** What to send instead of a Fetch whose session the target has lost; null if it has not. */
  private withoutLost(
    request: RecordedRequest,
    { fetch }: Flight,
    answer: RecordedAnswer,
    replayed: Replayed,
  ): Flight | null {
    const [was, is] = [answer.body.body, replayed.body.body];
    const again = was && is && fetch?.again(was, is);
    const made = again ? flightOf(request, again.body, again, this.ids) : null;
    return made?.chunks ? made : null;
  }

  /** How long to go on asking, in ms since the first answer. */
  private patienceMs({ request, verdict, differences }: Outcome): number {
    const { settleMaxMs } = this.options;
    if (verdict !== 'differs' || differences.length === 0) return 0;
    if (isNotReady(differences)) return this.givenUp.has(differences) ? 0 : settleMaxMs;
    return maySettle(request.name) ? Math.min(settleMaxMs, newsMaxMs) : 0;
  }

  private async unanswered({ request, isExpected, why }: Unanswered): Promise<Outcome | null> {
    const flight = this.inFlight.get(request);
    this.inFlight.delete(request);
    if (flight === undefined) return null;
    const outcome = outcomeOf(request, flight, null);
    return flight.verdict !== null ? outcome : { ...outcome, verdict: isExpected ? 'same' : 'not recorded', why };
  }

  /** The target's answer, or why there is none; `before`: what it answered before to a part of the same request. */
  private async replyOf(
    request: RecordedRequest,
    flight: Flight,
    answer: RecordedAnswer,
    before: Body | null,
  ): Promise<Replayed | string> {
    const sent = flight.sent!;
    if (sent.reply === null) await this.settled(sent, answer);
    const { reply } = sent;
    if (reply === null) return this.hang(request, answer);
    this.hangs = 0;
    if (reply.bytes === null) {
      this.logins.hungUp(request);
      return reply.why;
    }
    this.logins.answered(request);
    const { bytes, atMs } = reply;
    let read = readAnswer(request, bytes);
    if (read.body !== null && before !== null) read = { body: mergedAppends(before, read.body), why: null };
    if (read.body !== null && answer.body.body !== null && flight.fetch !== null)
      read = { body: flight.fetch.answered(answer.body.body, read.body), why: null };
    return { bytes, body: read, sentAtMs: sent.sentAtMs, atMs };
  }

  private settled(sent: Sent, answer: RecordedAnswer): Promise<void> {
    const { pace, answerMaxMs } = this.options;
    return new Promise((resolve) => {
      const cancel = pace.deadline(answerMaxMs + pace.stretched(answer.latencyMs), () => {
        sent.settled = null;
        resolve();
      });
      sent.settled = () => {
        cancel();
        resolve();
      };
    });
  }

  private hang(request: RecordedRequest, answer: RecordedAnswer): string {
    const why = `no answer ${this.options.answerMaxMs} ms after it was due (the recording waited ${Math.round(answer.latencyMs)})`;
    // What comes late would be taken for the answer to something else.
    this.connections.end(request.connection, why);
    this.hangs++;
    if (this.hangs >= hangsMax)
      throw new TargetError(`${this.target.name} hangs: ${hangsMax} requests in a row had ${why}`);
    return why;
  }
}

/** ApiVersions is how a client asks what is served: every broker answers it in every version (KIP-511). */
function isProbe({ header }: RecordedRequest): boolean {
  return header.apiKey === 18;
}
