/**
 * `tenantPrefix`: several tenants on one broker, or behind one proxy, who do not see each other. Topics, groups and
 * transactions have a prefix to the broker, of which the tenant's clients know nothing; what an answer says of others is
 * left out.
 *
 *     createBroker({ taps: taps.tenantPrefix({ prefix: ({ listener }) => `${listener.toLowerCase()}-` }) })
 *
 * What always holds: a tenant names nothing without its prefix, in no API of Kafka, by no expression, and inside no
 * subscription or assignment; and it uses no topic id but those that it was told. Ids are learned from the answers that
 * pass here, so that a client which comes back to a broker that was started anew is told UNKNOWN_TOPIC_ID once, and asks
 * for metadata.
 *
 * Not done: what has no name of a tenant's is shared, and is for ACLs to protect: brokers, their configuration and disks,
 * quotas, users, features, producer ids, elections of all leaders at once. Messages of errors are left as they are, with
 * the prefix where they name something. Kafka's limit of 249 for a topic's name counts the prefix.
 */
import { errors, Hangup } from '../errors';
import { onReply } from '../pipeline/on-reply';
import { onRequest } from '../pipeline/on-request';
import type { Frame, Request, Taps } from '../pipeline/seams';
import type { Api } from '../protocol/api';
import type { Connection } from '../protocol/scope';
import { checkNames, UsageError } from '../usage';
import { Tenant } from './tenant';
import { StrangeIds } from './tenant-ids';
import { type Passing, type Rewrite, toBroker, toClient } from './tenant-rewriters';

/** Who asks, to choose a prefix by. */
export interface Asking extends Pick<Connection, 'principal' | 'listener' | 'remoteAddress'> {
  readonly clientId: string | null;
}

export interface TenantPrefixOptions {
  /**
   * What goes before names: letters, digits, `.`, `_` and `-`. A function is asked for each request; null or '' is for
   * whoever sees everything. No prefix may begin with another tenant's.
   */
  readonly prefix: string | ((asking: Asking) => string | null);
}

interface Rewrites {
  readonly toBroker: Rewrite;
  readonly toClient: Rewrite;
}

/** Carries a request of somebody else's inside, for which the broker takes the sender's word. */
const envelopeKey = 58;
const legal = /^[A-Za-z0-9._-]{1,200}$/;

/** @throws UsageError for options that cannot be meant */
export function tenantPrefix(options: TenantPrefixOptions): Taps {
  checkNames('tenantPrefix', options, ['prefix'] satisfies (keyof TenantPrefixOptions)[]);
  const { prefix } = options;
  const strange = new StrangeIds();
  const tenants = new Map<string, Tenant>();
  const rewrites = new Map<number, Rewrites>();
  /** What was asked, for its answer; an answer to what came in by another way is left alone. */
  const asked = new WeakMap<Frame, Passing>();

  const tenantOf = (name: string): Tenant => {
    const known = tenants.get(name);
    if (known !== undefined) return known;
    checkPrefix(name, tenants.keys());
    const tenant = new Tenant(name, strange);
    tenants.set(name, tenant);
    return tenant;
  };
  if (typeof prefix === 'string') tenantOf(prefix);
  else if (typeof prefix !== 'function') throw new UsageError('tenantPrefix: prefix: expected a text or a function');

  const prefixOf = (request: Request, connection: Connection): string | null => {
    if (typeof prefix === 'string') return prefix;
    const { principal, listener, remoteAddress } = connection;
    return prefix({ principal, listener, remoteAddress, clientId: request.header.clientId });
  };

  const rewritesOf = (api: Api): Rewrites => {
    const known = rewrites.get(api.key);
    if (known !== undefined) return known;
    const both = { toBroker: toBroker(api), toClient: toClient(api) };
    rewrites.set(api.key, both);
    return both;
  };

  return {
    requests: [
      onRequest('tenant-prefix', (request, connection) => {
        const chosen = prefixOf(request, connection);
        if (chosen === null || chosen === '') return;
        if (request.api.key === envelopeKey) throw errors.CLUSTER_AUTHORIZATION_FAILED;
        const body = request.body as { readonly protocolType?: string | null };
        const passing = {
          tenant: orHangUp(() => tenantOf(chosen)),
          version: request.version,
          protocolType: body.protocolType ?? null,
        };
        asked.set(request.frame, passing);
        return rewritesOf(request.api).toBroker(body, passing) as Readonly<Record<string, unknown>>;
      }),
    ],
    replies: [
      onReply('tenant-prefix', ({ request, body }) => {
        const passing = asked.get(request.frame);
        if (passing === undefined) return;
        return rewritesOf(request.api).toClient(body as object, passing) as Readonly<Record<string, unknown>>;
      }),
    ],
  };
}

/** @throws UsageError for a prefix that cannot be part of names, or cannot be told from another one */
function checkPrefix(prefix: string, others: Iterable<string>): void {
  if (typeof prefix !== 'string' || !legal.test(prefix))
    throw new UsageError(
      `tenantPrefix: prefix ${JSON.stringify(prefix)}: expected 1 to 200 letters, digits, '.', '_' and '-'`,
    );
  for (const other of others)
    if (other.startsWith(prefix) || prefix.startsWith(other))
      throw new UsageError(`tenantPrefix: prefix ${prefix} begins as ${other} does: they would see each other's names`);
}

/** A prefix that cannot be used lets its connection in on nothing. */
function orHangUp<T>(choose: () => T): T {
  try {
    return choose();
  } catch (error) {
    throw new Hangup((error as Error).message);
  }
}
