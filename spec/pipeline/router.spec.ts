import { expect } from 'chai';
import type { Scope } from '../../lib/protocol/scope';
import { echo, frame, run, settle } from '../support/pipeline';

describe('router', () => {
  it('tells the handler who asks, in which version, on which connection', async () => {
    const scopes: Scope[] = [];
    const { client, connection } = run([
      echo(1, 'exclusive', (n, scope) => {
        scopes.push(scope);
        return { n };
      }),
    ]);
    client.write(Buffer.concat([frame(1, 1, 1), frame(1, 2, 2, Buffer.alloc(0), 2)]));
    await settle();
    expect(scopes.map(({ version, clientId }) => [version, clientId])).to.deep.equal([
      [1, 'spec'],
      [2, 'spec'],
    ]);
    expect(scopes[0]!.connection).to.equal(connection);
    expect(scopes[0]!.signal.aborted).to.equal(false);
  });
});
