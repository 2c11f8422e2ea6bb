import { expect } from 'chai';
import { errors, Hangup } from '../../lib/errors';
import { answerTo, refusalOf } from '../../lib/pipeline/replies';
import { Answer, type Api } from '../../lib/protocol/api';
import { echo } from '../support/pipeline';
import { live, requestOf } from '../support/stages';

const api: Api = echo(1, 'exclusive', (n) => ({ n }));
const asked = requestOf(api, { n: 1 });
const unanswered = requestOf({ ...api, isAnswered: () => false }, { n: 1 });

describe('answerTo', () => {
  it('makes a reply of a body, of nothing, and of an answer that holds memory', () => {
    expect(answerTo(asked, { n: 2 }, live())).to.deep.equal({ is: 'reply', request: asked, body: { n: 2 } });
    expect(answerTo(asked, null, live()).body).to.equal(null);
    let released = 0;
    const connection = live();
    const reply = answerTo(asked, new Answer({ n: 3 }, () => void released++), connection);
    expect(reply.body).to.deep.equal({ n: 3 });
    connection.close();
    reply.release?.();
    expect(released).to.equal(1);
  });

  it('drops an answer that nobody waits for, with its memory', () => {
    let released = 0;
    expect(answerTo(unanswered, { n: 2 }, live()).body).to.equal(null);
    const reply = answerTo(unanswered, new Answer({ n: 3 }, () => void released++), live());
    expect(reply.body).to.equal(null);
    reply.release?.();
    expect(released).to.equal(1);
  });
});

describe('refusalOf', () => {
  it('is the error in the shape of the API, or the end of a connection that waits for no answer', () => {
    expect(refusalOf(asked, errors.INVALID_RECORD)).to.deep.include({ is: 'reply', body: { n: 87 } });
    const end = refusalOf(unanswered, errors.INVALID_RECORD.because('too red'));
    expect(end).to.be.instanceOf(Hangup);
    expect((end as Hangup).message).to.equal('Echo1 without an answer failed: INVALID_RECORD: too red');
  });
});
