import { expect } from 'chai';
import { errors, Hangup } from '../../lib/errors';
import { attempt } from '../../lib/pipeline/attempt';
import { Answer } from '../../lib/protocol/api';
import type { Schema } from '../../lib/protocol/schema';
import { pass, timersOf } from '../support/in-process';
import { echo, settle } from '../support/pipeline';
import { live, requestOf, ruled } from '../support/stages';

const request = requestOf(
  echo(1, 'exclusive', (n) => ({ n })),
  { n: 1 },
);

/** Runs one attempt and notes what it told. */
function trying(work: () => unknown) {
  const { rules, clock, logged } = ruled();
  const told: unknown[] = [];
  const turn = { stageName: 'tried', request, connection: live(rules) };
  attempt(
    turn,
    work,
    (value) => told.push(value),
    (reason) => told.push(reason),
  );
  return { told, clock, logged };
}

describe('attempt', () => {
  it('tells at once what was given at once, and later what was promised', async () => {
    expect(trying(() => ({ n: 7 })).told).to.deep.equal([{ n: 7 }]);
    const later = trying(async () => null);
    expect(later.told).to.deep.equal([]);
    expect(timersOf(later.clock)).to.equal(1);
    await settle(1);
    expect(later.told).to.deep.equal([null]);
    expect(timersOf(later.clock)).to.equal(0);
  });

  it('passes refusals and hang-ups on, thrown or rejected', async () => {
    const end = new Hangup('enough');
    const thrown = [
      () => {
        throw errors.INVALID_RECORD;
      },
      () => Promise.reject(end),
    ].map((work) => trying(work));
    await settle(1);
    expect(thrown.flatMap(({ told }) => told)).to.deep.equal([errors.INVALID_RECORD, end]);
    expect(thrown.flatMap(({ logged }) => logged)).to.deep.equal([]);
  });

  it('makes UNKNOWN_SERVER_ERROR of a bug, and a line with the stage’s name and the stack', () => {
    const { told, logged } = trying(() => {
      throw new TypeError('a bug');
    });
    expect(told).to.deep.equal([errors.UNKNOWN_SERVER_ERROR]);
    expect(logged[0]).to.include({ msg: "stage 'tried' failed at Echo1 v1", stage: 'tried', level: 50 });
    expect(logged[0]?.err?.stack).to.match(/a bug\n\s+at .*attempt\.spec/);
  });

  it('gives up what never ends, and lets go of what comes too late', async () => {
    let released = 0;
    let answer: (late: Answer<Schema>) => void = () => {};
    const { told, clock, logged } = trying(() => new Promise((resolve) => (answer = resolve)));
    pass(clock, 100);
    expect(String(told[0])).to.equal("REQUEST_TIMED_OUT: stage 'tried' gave nothing within 100 ms");
    expect(logged[0]?.msg).to.equal("stage 'tried' gave nothing within 100 ms at Echo1 v1");
    answer(new Answer<Schema>({}, () => void released++));
    await settle(1);
    expect(told).to.have.lengthOf(1);
    expect(released).to.equal(1);
  });
});
