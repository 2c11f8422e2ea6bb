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

  it('hands everything back when it is gone, once: lent memory, budget, parked calls', () => {
    const budget = new Budget(10);
    const connection = make(budget);
    connection.account.take(7, () => {});
    let released = 0;
    const giveBack = connection.hold(() => released++);
    connection.encodedBytes = 10;
    connection.whenSent(giveBack);
    connection.close();
    connection.sent(10);
    expect(released).to.equal(1);
    expect(budget.used).to.equal(0);
    expect(connection.signal.aborted).to.equal(true);
  });

  it('hands memory back at once that is lent to an answer which comes too late', () => {
    const connection = make();
    connection.close();
    let released = 0;
    connection.hold(() => released++)();
    expect(released).to.equal(1);
  });
});
