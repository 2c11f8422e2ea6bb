import { expect } from 'chai';
import { CountedFault } from '../../lib/faults/fault';

describe('CountedFault', () => {
  it('is over when it has happened as often as it was to', async () => {
    const ended: CountedFault[] = [];
    const fault = new CountedFault('Produce: drop', 2, (one) => ended.push(one));
    fault.fire();
    expect([fault.fired, fault.isOver, fault.isUnfired, ended]).to.deep.equal([1, false, true, []]);
    fault.fire();
    expect([fault.fired, fault.isOver, fault.isUnfired, ended]).to.deep.equal([2, true, false, [fault]]);
    await fault.over;
    expect(String(fault)).to.equal('Produce: drop, fired 2 of 2');
  });

  it('needs to happen once, where it may happen for ever', () => {
    const fault = new CountedFault('Fetch: delay', Number.POSITIVE_INFINITY, () => {});
    expect(fault.isUnfired).to.equal(true);
    fault.fire();
    expect([fault.isUnfired, fault.isOver, String(fault)]).to.deep.equal([false, false, 'Fetch: delay, fired 1']);
  });

  it('is over when it is removed, once', async () => {
    let ends = 0;
    const fault = new CountedFault('Fetch: drop', 1, () => ends++);
    fault.remove();
    fault.remove();
    await fault.over;
    expect([ends, fault.fired, fault.isOver, fault.isUnfired]).to.deep.equal([1, 0, true, false]);
  });
});
