import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { createBroker } from '../../lib/embedded/create-broker';
import { Pace } from '../../lib/replay/pace';
import { askServed, open, Served, TargetError } from '../../lib/replay/served';
import { targetOf } from '../../lib/replay/target';
import { virtualClock } from '../../lib/virtual-clock';
import { clockAt, pass } from '../support/in-process';

const failed = async (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: Error) => error,
  );

describe('askServed', () => {
  it('learns what a broker serves', async () => {
    const broker = await createBroker({ scheduler: virtualClock() });
    const served = await askServed(targetOf(broker), new Pace(clockAt(0), null), 1000);
    expect([served.has(18, 0), served.has(18, 99), served.has(999, 0)]).to.deep.equal([true, false, false]);
    await broker.close();
  });

  it('says that it does not answer as a broker does', async () => {
    const target = targetOf({ name: 'it', connect: () => new PassThrough() });
    // What is not a broker gives back what it gets.
    const error = await failed(askServed(target, new Pace(clockAt(0), null), 1000));
    expect(error).to.be.instanceOf(TargetError);
  });

  it('waits no longer than it may', async () => {
    const clock = clockAt(0);
    const target = targetOf({ name: 'it', connect: () => new PassThrough({ read() {}, transform: () => {} }) });
    const asking = failed(askServed(target, new Pace(clock, null), 1000));
    await new Promise((resolve) => setImmediate(resolve));
    pass(clock, 1000);
    expect((await asking)?.message).to.equal('it does not answer as a Kafka broker does: it said nothing for 1000 ms');
  });
});

describe('Served', () => {
  it('says why a version is not served', () => {
    const served = new Served(new Map([[3, { from: 0, to: 12 }]]));
    expect([served.why(3), served.why(24)]).to.deep.equal(['only versions 0 to 12 are served', 'not served']);
  });
});

describe('open', () => {
  it('says in plain words why there is no connection', async () => {
    const refusing = targetOf({
      name: 'it',
      connect: () => Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })),
    });
    expect((await failed(open(refusing, new Pace(clockAt(0), null))))?.message).to.equal('it refuses connections');
  });
});
