import { expect } from 'chai';
import { Budget } from '../../lib/pipeline/budget';
import { LiveConnection } from '../../lib/pipeline/connection';

describe('LiveConnection', () => {
  const make = (budget = new Budget(10)) =>
    new LiveConnection({ id: 3, listener: 'PLAINTEXT', remoteAddress: '::1', budget, maxQueuedBytes: 10 });

  it('hands lent memory back in order as bytes leave', () => {
    const connection = make();
    const released: string[] = [];
    connection.encodedBytes = 10;
    connection.whenSent(() => released.push('a'));
    connection.encodedBytes = 30;
    connection.whenSent(() => released.push('b'));
    connection.sent(9);
    expect(released).to.deep.equal([]);
    connection.sent(1);
    expect(released).to.deep.equal(['a']);
    connection.sent(20);
    expect(released).to.deep.equal(['a', 'b']);
  });

  it('hands everything back when it is gone: memory, budget, parked calls', () => {
    const budget = new Budget(10);
    const connection = make(budget);
    connection.account.take(7, () => {});
    let released = false;
    connection.encodedBytes = 10;
    connection.whenSent(() => (released = true));
    connection.close();
    expect(released).to.equal(true);
    expect(budget.used).to.equal(0);
    expect(connection.signal.aborted).to.equal(true);
  });
});
