/**
 * Logins of a recording (SASL): which of them can be played again, and what becomes of connections whose cannot.
 *
 * Passwords are left out of recordings unless they are kept, and SCRAM and Kerberos answer what the broker has just said. Such
 * a login is not played. Its connection goes on without, over a connection of its own to the target, which is as well where the
 * target wants none. A target that wants one hangs up at the first request behind it: then nothing more of that connection is
 * played, rather than each of its requests being told as a difference.
 */
import type { RecordedRequest } from '../capture/recorded';
import { isHiddenSecret } from '../capture/redact/secrets';
import { errors } from '../errors';
import type { Difference } from './compare/compare';

/** A connection of the recording that logs in, or wants to. */
interface Login {
  readonly mechanism: string;
  /** Why its login is not played; null if it is. */
  lacks: string | null;
  /** Whether the target has answered something without it; null: neither that nor hung up. */
  isLetIn: boolean | null;
}

const handshakeKey = 17;
const apiVersionsKey = 18;
const authenticateKey = 36;
/** Mechanisms of which one side says what it always says. */
const repeatable: ReadonlySet<string> = new Set(['', 'PLAIN', 'OAUTHBEARER']);
/** What may be asked without a login. */
const open: ReadonlySet<number> = new Set([handshakeKey, apiVersionsKey]);

export class Logins {
  private readonly byConnection = new Map<number, Login>();

  /** Takes a request that is about to be sent. Why it is not to be, because it logs in; null where it is, or does not. */
  ask(request: RecordedRequest): string | null {
    const { apiKey, apiVersion } = request.header;
    const { body } = request.body;
    if (body === null) return null;
    if (apiKey === handshakeKey) {
      const login = { mechanism: String(body['mechanism']), lacks: null, isLetIn: null };
      this.byConnection.set(request.connection, login);
      return apiVersion === 0 ? this.lack(request, 'its tokens go by without a header, and are not played') : null;
    }
    if (apiKey !== authenticateKey) return null;
    const mechanism = this.byConnection.get(request.connection)?.mechanism ?? '';
    if (isHiddenSecret(body['authBytes'] as Buffer))
      return this.lack(request, `${secretsOf(mechanism)} left out of the recording${howToKeep(mechanism)}`);
    return repeatable.has(mechanism) ? null : this.lack(request, `${mechanism} never says the same twice`);
  }

  /** Why a connection is locked out; null if it is not. */
  lockedOut(connection: number): string | null {
    const login = this.byConnection.get(connection);
    if (login === undefined || login.lacks === null || login.isLetIn !== false) return null;
    return `the target wants a login: ${login.lacks}`;
  }

  /** The target has answered. */
  answered({ connection, header }: RecordedRequest): void {
    const login = this.byConnection.get(connection);
    if (login !== undefined && login.lacks !== null && !open.has(header.apiKey)) login.isLetIn = true;
  }

  /** The target has ended the connection rather than answer: most likely because it wants a login. */
  hungUp({ connection }: RecordedRequest): void {
    const login = this.byConnection.get(connection);
    if (login !== undefined && login.lacks !== null) login.isLetIn ??= false;
  }

  closed(connection: number): void {
    this.byConnection.delete(connection);
  }

  private lack({ connection }: RecordedRequest, why: string): string {
    const login = this.byConnection.get(connection) ?? { mechanism: '', lacks: null, isLetIn: null };
    login.lacks = why;
    this.byConnection.set(connection, login);
    return why;
  }
}

/** Gives a reason to a login that is refused because there is none at the target: a listener without SASL says so. */
export function withoutLogin(name: string, differences: readonly Difference[]): readonly Difference[] {
  const isSo =
    name.startsWith('Sasl') &&
    differences.some(({ path, replayed }) => path === 'errorCode' && replayed === errors.ILLEGAL_SASL_STATE.code);
  if (!isSo) return differences;
  return differences.map((one) => ({ ...one, reason: one.reason ?? 'the target wants no login there' }));
}

function secretsOf(mechanism: string): string {
  return mechanism === 'OAUTHBEARER' ? 'its token was' : 'its password was';
}

function howToKeep(mechanism: string): string {
  return repeatable.has(mechanism) ? ' (record with --keep sasl)' : `, and ${mechanism} never says the same twice`;
}
