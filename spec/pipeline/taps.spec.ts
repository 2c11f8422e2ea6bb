import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { around } from '../../lib/pipeline/around';
import { framer } from '../../lib/pipeline/framer';
import { fromTransform } from '../../lib/pipeline/from-transform';
import { onReply } from '../../lib/pipeline/on-reply';
import { onRequest } from '../../lib/pipeline/on-request';
import type { Taps } from '../../lib/pipeline/seams';
import { stage } from '../../lib/pipeline/stage';
import { checkSeam, checkStage, mergeTaps, seams, seatsOf } from '../../lib/pipeline/taps';
import { UsageError } from '../../lib/usage';

const asks = (name: string) => onRequest(name, () => {});
const tells = (name: string) => onReply(name, () => {});
const surrounds = around('surrounds', (_call, next) => next());
const bytes = stage<Buffer, Buffer>('bytes', 'bytes to bytes', () => ({ each: (chunk, push) => push(chunk) }));
const cuts = framer({ maxBytes: 1, now: () => 0 });

const names = (taps: Taps) => seatsOf(taps, 'spec').map(({ seam, stage }) => `${seam} ${stage.stageName}`);

describe('mergeTaps', () => {
  it('makes one tap of several, whose stages keep their order at each seam', () => {
    const one: Taps = { replies: [tells('r1')], requests: [asks('q1')] };
    const other: Taps = { requests: [asks('q2'), asks('q3')], calls: [surrounds] };
    expect(names(mergeTaps(one, other))).to.deep.equal([
      'requests q1',
      'requests q2',
      'requests q3',
      'calls surrounds',
      'replies r1',
    ]);
    expect(one.requests, 'leaves what it is given as it is').to.have.lengthOf(1);
    expect(mergeTaps()).to.deep.equal({});
  });

  it('refuses what is no tap', () => {
    expect(() => mergeTaps({ request: [] } as Taps)).to.throw(
      UsageError,
      'mergeTaps: no seam "request": did you mean requests?',
    );
  });
});

describe('seatsOf', () => {
  it('gives the stages in the order of the flow', () => {
    expect(names({ outbound: [bytes], inbound: [bytes] })).to.deep.equal(['inbound bytes', 'outbound bytes']);
    expect(seams).to.deep.equal(['inbound', 'frames', 'requests', 'calls', 'replies', 'outbound']);
  });

  const wrong: [string, unknown, string][] = [
    ['a seam that there is not', { answers: [asks('x')] }, 'no seam "answers": there are inbound, frames'],
    ['a seam nearly right', { requets: [asks('x')] }, 'no seam "requets": did you mean requests?'],
    ['no object', null, 'expected stages by seam'],
    ['a list', [asks('x')], 'expected stages by seam'],
    ['a stage that is in no list', { requests: asks('x') }, 'requests: expected a list of stages'],
    ['what is no stage', { requests: [() => {}] }, 'requests: expected a stage, as onRequest'],
    [
      'a stage of requests among replies',
      { replies: [asks('x')] },
      "replies: stage 'x' does not fit there; seams for it: requests",
    ],
    ['a stage around calls among requests', { requests: [surrounds] }, 'seams for it: calls'],
    ['a stage of bytes among frames', { frames: [bytes] }, 'seams for it: inbound, outbound'],
    ['a core stage', { inbound: [cuts] }, "stage 'framer' does not fit there; seams for it: none"],
  ];
  for (const [name, taps, message] of wrong) {
    it(`refuses ${name}`, () => {
      expect(() => seatsOf(taps as Taps, 'spec')).to.throw(UsageError, message);
    });
  }
});

describe('checkSeam', () => {
  it('takes every seam', () => {
    for (const seam of seams) expect(() => checkSeam(seam, 'spec')).not.to.throw();
  });
});

describe('checkStage', () => {
  it('takes a stage anywhere that does not say where it fits', () => {
    const anywhere = fromTransform<never>('mine', () => new PassThrough());
    for (const seam of seams) expect(() => checkStage(anywhere, seam, 'spec')).not.to.throw();
  });
});
