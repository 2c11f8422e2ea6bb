import { expect } from 'chai';
import { Hangup } from '../../lib/errors';
import { broken } from '../../lib/pipeline/broken';
import { live, ruled } from '../support/stages';

describe('broken', () => {
  it('hangs the connection up with a line that names the stage, and logs the stack', () => {
    const { rules, logged } = ruled();
    const connection = live(rules);
    broken('raw', new TypeError('a bug'), connection);
    expect(connection.hangup?.message).to.equal("stage 'raw' failed: a bug");
    expect(logged.map(({ msg, stage, err }) => [msg, stage, err?.message])).to.deep.equal([
      ["stage 'raw' failed", 'raw', 'a bug'],
    ]);
  });

  it('lets a Hangup speak for itself, and the first one count', () => {
    const { rules, logged } = ruled();
    const connection = live(rules);
    broken('raw', new Hangup('no more'), connection);
    broken('other', 'text', connection);
    expect(connection.hangup?.message).to.equal('no more');
    expect(logged).to.have.lengthOf(1);
  });
});
