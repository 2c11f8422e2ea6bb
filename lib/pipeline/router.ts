/**
 * Router: gives each request somebody to answer it, the API's own handler with the broker's services.
 */
import type { Scope } from '../protocol/scope';
import type { Services } from '../services';
import type { Call, Reply, Request, Stage } from './seams';
import { stage } from './stage';

export function router(services: Services): Stage<Request | Reply, Call | Reply> {
  return stage('router', 'objects to objects', (connection) => ({
    each(item, push, done) {
      push(item.is === 'reply' ? item : route(item, { connection, signal: connection.signal }, services));
      done();
    },
  }));
}

function route(request: Request, at: Pick<Scope, 'connection' | 'signal'>, services: Services): Call {
  const { api, body, header, version } = request;
  const scope: Scope = { version, clientId: header.clientId, ...at };
  return { is: 'call', request, answer: (changed = body) => api.handle(changed as never, scope, services) };
}
