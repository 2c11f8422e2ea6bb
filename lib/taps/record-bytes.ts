/**
 * How many bytes of records an answer gives: those of Fetch. Called by the taps that count them.
 */
import { fetch } from '../apis/fetch';
import type { ReplyBody } from '../pipeline/bodies';
import type { Request } from '../pipeline/seams';

/** @param body the answer; null: none is sent */
export function recordBytesOf({ api }: Request, body: unknown): number {
  if (api.key !== fetch.key || body === null) return 0;
  let bytes = 0;
  for (const { partitions } of (body as ReplyBody<typeof fetch.response>).responses)
    for (const { records } of partitions) bytes += records?.length ?? 0;
  return bytes;
}
