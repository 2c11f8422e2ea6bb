/**
 * `refuse`: says the same error to chosen requests, each in its own API's shape, before the broker sees them: topics that
 * nobody may write to for a while, an API that is switched off, maintenance.
 *
 *     const end = broker.taps.add(refuse({ apis: [produce], error: errors.NOT_LEADER_OR_FOLLOWER }));
 */
import { KafkaError } from '../errors';
import { onRequest } from '../pipeline/on-request';
import type { Request, Taps } from '../pipeline/seams';
import type { Api } from '../protocol/api';
import type { Connection } from '../protocol/scope';
import { checkNames, UsageError } from '../usage';

export interface RefuseOptions {
  /** Such as `errors.POLICY_VIOLATION`, or `errors.POLICY_VIOLATION.because('until noon')`. */
  readonly error: KafkaError;
  /** All that can be refused if absent: ApiVersions cannot, or clients would take it for a broker of another age. */
  readonly apis?: readonly Api[];
  /** Which of their requests; all if absent. */
  readonly when?: (request: Request, connection: Connection) => boolean;
}

const apiVersionsKey = 18;

/** @throws UsageError for options that cannot be meant */
export function refuse(options: RefuseOptions): Taps {
  checkNames('refuse', options, ['error', 'apis', 'when'] satisfies (keyof RefuseOptions)[]);
  const { error, apis, when = () => true } = options;
  if (!(error instanceof KafkaError)) throw new UsageError('refuse: error: expected one of errors');
  if (apis !== undefined && !Array.isArray(apis)) throw new UsageError('refuse: apis: expected a list of APIs');
  if (typeof when !== 'function') throw new UsageError('refuse: when: expected a function of a request');
  const keys = apis === undefined ? null : new Set(apis.map(({ key }) => key));
  const isMeant = ({ api }: Request) => (keys === null ? api.key !== apiVersionsKey : keys.has(api.key));
  const stage = onRequest('refuse', (request, connection) => {
    if (isMeant(request) && when(request, connection)) throw error;
  });
  return { requests: [stage] };
}
