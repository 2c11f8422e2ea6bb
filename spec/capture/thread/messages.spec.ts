import { expect } from 'chai';
import { plain, unplain } from '../../../lib/capture/thread/messages';

describe('plain and unplain', () => {
  it('take what was recorded from one thread to another, errors with their codes', () => {
    const recorded = {
      files: ['a'],
      bytes: 1,
      connections: 2,
      frames: 3,
      droppedFrames: 4,
      unknownRequests: 5,
      error: null,
    };
    expect(unplain(structuredClone(plain(recorded)))).to.deep.equal(recorded);
    const error = Object.assign(new Error('no room'), { code: 'ENOSPC' });
    const back = unplain(structuredClone(plain({ ...recorded, error })));
    expect(back.error).to.be.instanceOf(Error).and.include({ message: 'no room', code: 'ENOSPC' });
  });
});
