import { expect } from 'chai';
import { Figures } from '../../lib/pipeline/figures';
import { pictureOf } from '../../lib/pipeline/picture';
import { stage } from '../../lib/pipeline/stage';
import { Stopwatch } from '../../lib/pipeline/stopwatch';
import { live } from '../support/stages';

const of = { name: 'x', isTap: true, listener: 'A', isConditional: false, sinceMs: 7 };

describe('pictureOf', () => {
  it('says nothing of what nobody counts or times', () => {
    const picture = pictureOf(of, new Figures(), new Stopwatch());
    expect(picture).to.deep.equal({
      ...{ is: 'stage', ...of, connections: 0, taken: null, given: null },
      ...{ waiting: { messages: 0, bytes: 0 }, time: null },
    });
  });

  it('tells messages, bytes where they flow, and times while they are taken', () => {
    const figures = new Figures();
    const watch = new Stopwatch(() => 0);
    figures.of(stage('x', 'bytes to objects', () => ({ each: () => {} })))(live());
    Object.assign(figures, { in: 3, bytesIn: 30, out: 2 });
    expect(pictureOf(of, figures, watch)).to.deep.include({
      ...{ connections: 1, time: null },
      ...{ taken: { messages: 3, bytes: 30 }, given: { messages: 2, bytes: null } },
    });
    watch.start();
    expect(pictureOf(of, figures, watch).time).to.deep.equal({ messages: 0, totalMs: 0, maxMs: 0, meanMs: 0 });
    for (const ms of [1, 2, 6]) watch.spent(figures.times, ms);
    expect(pictureOf(of, figures, watch).time).to.deep.equal({ messages: 3, totalMs: 9, maxMs: 6, meanMs: 3 });
  });
});
