/**
 * What a broker serves, as its ApiVersions says: asked once, before anything is played to it.
 */
import { apiVersions } from '../apis/api-versions';
import { Reader, Writer } from '../protocol/bytes';
import { readResponseHeader, writeRequestHeader } from '../protocol/header';
import { covers, type Versions } from '../protocol/schema';
import type { Pace } from './pace';
import type { Target } from './target';
import { ReplayConnection, type Reply } from './target-connection';

/** A target that cannot be played to, or not any longer: it refuses connections, or answers nothing. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}

export class Served {
  private readonly versions: ReadonlyMap<number, Versions>;

  constructor(versions: ReadonlyMap<number, Versions>) {
    this.versions = versions;
  }

  has(apiKey: number, version: number): boolean {
    return covers(this.versions.get(apiKey) ?? null, version);
  }

  /** For people: why a version is not served. */
  why(apiKey: number): string {
    const versions = this.versions.get(apiKey);
    return versions === undefined ? 'not served' : `only versions ${versions.from} to ${versions.to} are served`;
  }
}

/** @throws TargetError if it cannot be reached, or does not answer as a broker does */
export async function askServed(target: Target, pace: Pace, maxMs: number): Promise<Served> {
  const connection = await open(target, pace);
  const writer = new Writer(256);
  const header = { apiKey: apiVersions.key, apiVersion: 0, correlationId: 1, clientId: 'millrace-replay' };
  writeRequestHeader(writer, header, false);
  const { sent } = connection.send(writer.take(), 1, true);
  const reply = await new Promise<Reply>((resolve) => {
    const cancel = pace.deadline(maxMs, () => resolve({ bytes: null, why: `it said nothing for ${maxMs} ms` }));
    sent.settled = () => {
      cancel();
      resolve(sent.reply!);
    };
    if (sent.reply !== null) sent.settled();
  });
  connection.close();
  if (reply.bytes === null)
    throw new TargetError(`${target.name} does not answer as a Kafka broker does: ${reply.why}`);
  const reader = new Reader(reply.bytes);
  readResponseHeader(reader, 0);
  const { apiKeys } = apiVersions.responseCodec(0).read(reader);
  return new Served(
    new Map(apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, { from: minVersion, to: maxVersion }])),
  );
}

/** @throws TargetError if there is no connection to be had */
export async function open(target: Target, pace: Pace): Promise<ReplayConnection> {
  try {
    return new ReplayConnection(await target.connect(), () => pace.now());
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = { ECONNREFUSED: 'refuses connections', ENOTFOUND: 'has no address' };
    throw new TargetError(`${target.name} ${reasons[code ?? ''] ?? `cannot be reached: ${message}`}`);
  }
}
