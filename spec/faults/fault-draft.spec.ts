import { expect } from 'chai';
import { heartbeat } from '../../lib/apis/heartbeat';
import { errors } from '../../lib/errors';
import { CountedFault } from '../../lib/faults/fault';
import { FaultDraft, type Said } from '../../lib/faults/fault-draft';
import { UsageError } from '../../lib/usage';
import { clockAt } from '../support/in-process';
import { echo } from '../support/pipeline';

describe('FaultDraft', () => {
  let said: Said[] = [];
  const draft = (apis = [heartbeat] as never) =>
    new FaultDraft({
      ...{ apis, what: 'Heartbeat', scheduler: clockAt(0), times: 1, passing: 0 },
      set: (one) => {
        said.push(one);
        return new CountedFault('', one.times, () => {});
      },
    });
  beforeEach(() => {
    said = [];
  });

  it('sets a fault with its last word, and none before', () => {
    const always = draft().always().afterRequest(3);
    expect([said, String(always)]).to.deep.equal([[], 'Heartbeat']);
    always.fail(errors.NOT_COORDINATOR);
    expect(said[0]).to.include({ times: Number.POSITIVE_INFINITY, passing: 3, does: 'fail NOT_COORDINATOR' });
  });

  it('stays as it is when more is said: one draft may be the beginning of many', () => {
    const twice = draft().times(2);
    twice.times(5).drop();
    twice.loseReply();
    twice.delay('1 s');
    twice.throttle(20);
    twice.failAfterwards(errors.REQUEST_TIMED_OUT);
    expect(said.map(({ times, does }) => `${times} ${does}`)).to.deep.equal([
      '5 drop the connection',
      '2 lose the reply',
      '2 delay by 1000 ms',
      '2 throttle by 20 ms',
      '2 carry out and fail REQUEST_TIMED_OUT',
    ]);
  });

  it('refuses to throttle where no answer can say it', () => {
    const silent = echo(7, 'exclusive', (n) => ({ n }));
    expect(() => draft([silent] as never).throttle(5)).to.throw(UsageError, 'Echo7 has no throttleTimeMs');
  });
});
