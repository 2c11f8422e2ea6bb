import { expect } from 'chai';
import { heartbeat } from '../../lib/apis';
import { Tally } from '../../lib/replay/tally';
import { failed, outcome } from '../support/outcomes';
import { opened } from '../support/recordings';

describe('Tally', () => {
  it('counts by verdict and by API', () => {
    const tally = new Tally();
    for (const verdict of ['same', 'same', 'differs', 'no answer', 'may differ', 'not recorded'] as const)
      tally.add(outcome({ verdict }));
    expect([tally.count('same'), tally.compared, tally.differences]).to.deep.equal([2, 5, 2]);
    expect(tally.apis.get(heartbeat.name)).to.include({ same: 2, 'no answer': 1, unserved: 0 });
  });

  it('lists what is not served, by name and version', () => {
    const tally = new Tally();
    for (let i = 0; i < 2; i++) tally.add(outcome({ verdict: 'unserved', why: 'not served' }));
    expect(tally.unserved).to.deep.equal([{ name: 'Heartbeat', versions: [4], requests: 2, why: 'not served' }]);
  });

  it('counts an answer once for each reason for which it may differ', () => {
    const tally = new Tally();
    const one = { path: 'a', field: 'a', recorded: 1, replayed: 2, what: null, reason: 'r' };
    tally.add(outcome({ verdict: 'may differ', differences: [one, one], retries: 3 }));
    expect([...tally.allowed]).to.deep.equal([['r', 1]]);
    expect(tally.retries).to.equal(3);
  });

  it('counts requests about topics that only the recorded broker had', () => {
    const tally = new Tally();
    const one = { path: 'errorCode', field: 'X.errorCode', recorded: 0, replayed: 3, what: null, reason: null };
    tally.add(outcome({ verdict: 'differs', differences: [one, one] }));
    tally.add(outcome({ verdict: 'differs', differences: [{ ...one, replayed: 5 }] }));
    expect(tally.topicless).to.equal(1);
  });

  it('counts what the recording lacks, and how long it was', () => {
    const tally = new Tally();
    tally.take(opened(1, 1000));
    for (const why of ['a', 'a', 'b', 'c', 'd'])
      tally.take({ is: 'lost', connection: 1, atMs: 4000, from: null, bytes: 1, why });
    expect(tally).to.include({ connections: 1, lost: 5, recordedMs: 3000 });
    expect(tally.lostWhy).to.deep.equal(['a', 'b', 'c']);
  });

  it('adds up with those of other recordings', () => {
    const tally = new Tally();
    for (const atMs of [1000, 900_000]) {
      const other = new Tally();
      other.take(opened(1, atMs));
      other.take({ is: 'lost', connection: 1, atMs: atMs + 500, from: null, bytes: 1, why: 'a' });
      other.add(outcome({ verdict: 'may differ', differences: [{ ...failed, reason: 'r' }], retries: 1 }));
      other.add(outcome({ verdict: 'unserved', why: 'not served' }));
      tally.include(other);
    }
    expect(tally).to.deep.include({
      connections: 2,
      lost: 2,
      lostWhy: ['a'],
      retries: 2,
      recordedMs: 1000,
      compared: 2,
    });
    expect([...tally.allowed]).to.deep.equal([['r', 2]]);
    expect(tally.unserved).to.deep.equal([{ name: 'Heartbeat', versions: [4], requests: 2, why: 'not served' }]);
  });

  it('counts what was not played for each reason that something can be done about', () => {
    const tally = new Tally();
    for (const why of ['no password', 'no password', null]) tally.add(outcome({ verdict: 'left out', why }));
    tally.add(outcome({ verdict: 'locked out', why: 'no password' }));
    const whole = new Tally();
    whole.include(tally);
    expect([...whole.notPlayed]).to.deep.equal([['no password', 3]]);
    expect(whole.compared).to.equal(0);
  });
});
