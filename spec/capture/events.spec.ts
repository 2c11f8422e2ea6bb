import { expect } from 'chai';
import { callsOf } from '../../lib/capture/calls';
import { checkEvents } from '../../lib/capture/events';
import { joined } from '../../lib/capture/joined';
import { UsageError } from '../../lib/usage';
import { opened } from '../support/recordings';
import { rejected, thrown } from '../support/thrown';

describe('checkEvents', () => {
  it('takes events, and nothing that only looks like a recording', () => {
    checkEvents('x', [opened(1)]);
    checkEvents('x', (async function* () {})());
    for (const one of ['a.mrcap', null, undefined, {}, Buffer.from('a'), new Uint8Array(1)])
      expect(thrown(() => checkEvents('x', one as never))).to.be.instanceOf(UsageError);
  });

  it('is made by whoever takes recordings, at once', async () => {
    const said = (work: () => unknown) => (thrown(work) as Error).message;
    const expected = 'expected the events of a recording, as readCapture(file) gives them';
    expect(said(() => callsOf('a.mrcap' as never))).to.equal(`callsOf: ${expected}`);
    expect(said(() => joined('a.mrcap' as never))).to.equal(`joined: ${expected}`);
    const failed = (await rejected(joined(['a.mrcap', 'b.mrcap'] as never).next())) as Error;
    expect(failed.message).to.equal(`joined: ${expected}`);
  });
});
