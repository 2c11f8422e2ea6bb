/**
 * What a proxy makes of ApiVersions answers: versions that the upstream and the proxy both know, so that a client never
 * sends what the proxy cannot read. Features pass as they are.
 *
 * An upstream that does not know the version that was asked answers in version 0 (KIP-511), and so does the proxy.
 */
import { apiVersions } from '../apis/api-versions';
import { errors } from '../errors';
import type { Request } from '../pipeline/seams';
import type { Api } from '../protocol/api';
import { pinVersion } from './relayed-api';

interface Listed {
  readonly apiKey: number;
  readonly minVersion: number;
  readonly maxVersion: number;
}

/** The version of an answer, from its first bytes, which are the error code. */
export function answerVersion({ api, version }: Request, answer: Buffer): number {
  const isRefused = api.key === apiVersions.key && answer.length >= 2;
  return isRefused && answer.readInt16BE(0) === errors.UNSUPPORTED_VERSION.code ? 0 : version;
}

/** The answer with what both sides know. */
export function cutVersions(apis: ReadonlyMap<number, Pick<Api, 'versions' | 'advertised'>>): (body: object) => object {
  return (body) => {
    const { errorCode, apiKeys } = body as { errorCode: number; apiKeys: readonly Listed[] };
    const kept = apiKeys.flatMap(({ apiKey, minVersion, maxVersion }) => {
      const known = apis.get(apiKey);
      if (known === undefined) return [];
      const from = Math.max(minVersion, known.advertised.from);
      const to = Math.min(maxVersion, known.advertised.to);
      return from > to ? [] : [{ apiKey, minVersion: from, maxVersion: to }];
    });
    const cut = { ...body, apiKeys: kept };
    if (errorCode === errors.UNSUPPORTED_VERSION.code) pinVersion(cut, 0);
    return cut;
  };
}
