import { expect } from 'chai';
import { insideScope } from '../../lib/embedded/inside-scope';

describe('insideScope', () => {
  it('has a version, no client, and nobody who goes away', () => {
    const { version, clientId, connection, signal } = insideScope(7);
    expect([version, clientId, connection.id, connection.principal]).to.deep.equal([7, null, 0, 'User:ANONYMOUS']);
    expect([signal.aborted, connection.signal]).to.deep.equal([false, signal]);
  });
});
