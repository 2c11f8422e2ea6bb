/**
 * Where a broker is: `host:port`, read and written. Pure; called for the options of a proxy and for what it tells.
 */
import { UsageError } from '../usage';

export interface Address {
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `host:port`; an IPv6 host is in brackets.
 * @param what names the option, for the message
 * @throws UsageError saying what was seen
 */
export function readAddress(text: unknown, what: string): Address {
  const parts = typeof text === 'string' ? /^(?:\[([\da-fA-F:.%]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) : null;
  const port = Number(parts?.[3]);
  if (parts === null || port > 65535)
    throw new UsageError(`${what}: cannot read ${JSON.stringify(text)}: expected host:port, such as localhost:9092`);
  return { host: parts[1] ?? parts[2]!, port };
}

/** `host:port`, as clients want it. */
export function addressText({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
