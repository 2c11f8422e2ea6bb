/**
 * Traffic as JSON lines for programs: one object for each call, each gap, each API of the figures, and the whole. What each
 * is, is said by `is`. Called by inspect.ts.
 */
import type { Decoded } from '../capture/recorded';
import { requestFacts } from '../capture/request-facts';
import { isoText, rounded } from '../text';
import type { CallRow } from './call-row';
import type { Gap, Report, Summary } from './report';
import { shownBody } from './shown';
import { errorText } from './text';

const json = (value: object) => `${JSON.stringify(value)}\n`;

export class JsonReport implements Report {
  private readonly withBodies: boolean;

  constructor(withBodies: boolean) {
    this.withBodies = withBodies;
  }

  head(): string {
    return '';
  }

  call(row: CallRow): string {
    const { request, answer, errors, topics, missing } = row;
    return json({
      is: 'call',
      ...requestFacts(request),
      requestBytes: request.bytes.length,
      answerBytes: answer === null ? null : answer.bytes.length,
      latencyMs: answer === null ? null : rounded(answer.latencyMs),
      topics,
      errors: errors.map(errorText),
      unanswered: missing,
      ...(this.withBodies && this.bodies(row)),
    });
  }

  gap({ is, connection, atMs, from, bytes, why }: Gap): string {
    return json({ is, connection, at: isoText(atMs, 6), from, bytes, why });
  }

  figures({ statistics }: Summary): string {
    const rows = statistics.apis.map(({ name, key, version, latency, ...row }) =>
      json({
        is: 'figures',
        api: name,
        key,
        version,
        ...row,
        p50Ms: rounded(latency.percentile(0.5)),
        p99Ms: rounded(latency.percentile(0.99)),
        maxMs: rounded(latency.max),
      }),
    );
    return rows.join('');
  }

  end({ statistics, connections, requests, gaps, spanMs }: Summary): string {
    return json({
      is: 'summary',
      requests: statistics.requests,
      ofRequests: requests,
      failed: statistics.total('failed'),
      unanswered: statistics.total('unanswered'),
      requestBytes: statistics.total('requestBytes'),
      answerBytes: statistics.total('answerBytes'),
      errors: Object.fromEntries(statistics.errors.map(([code, answers]) => [errorText(code), answers])),
      connections,
      lost: gaps.total('lost').gaps,
      lostBytes: gaps.total('lost').bytes,
      strays: gaps.total('stray').gaps,
      gaps: gaps.all,
      spanMs: rounded(spanMs),
    });
  }

  /** A body, or why there is none. */
  private bodies({ request, answer }: CallRow) {
    const { exchange, header } = request;
    const shown = ({ body, why }: Decoded, side: 'request' | 'response') =>
      body === null ? { notDecoded: why } : shownBody(exchange![side], body, header.apiVersion);
    return { request: shown(request.body, 'request'), answer: answer && shown(answer.body, 'response') };
  }
}
