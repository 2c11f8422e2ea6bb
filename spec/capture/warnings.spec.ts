import { expect } from 'chai';
import { warningsOf } from '../../lib/capture/warnings';

const recorded = {
  files: ['x'],
  bytes: 1,
  connections: 1,
  frames: 1,
  droppedFrames: 0,
  unknownRequests: 0,
  error: null,
};

describe('warningsOf', () => {
  it('has none where all is well', () => {
    expect(warningsOf(recorded)).to.deep.equal([]);
  });

  it('says what is missing, and what is in there that perhaps should not be', () => {
    expect(warningsOf({ ...recorded, droppedFrames: 1, unknownRequests: 2 })).to.deep.equal([
      '1 frame was left out: the disk was slower',
      '2 requests of APIs that this version does not know were kept in full, with whatever secrets may be in there',
    ]);
    expect(warningsOf({ ...recorded, droppedFrames: 2, unknownRequests: 1 })).to.deep.equal([
      '2 frames were left out: the disk was slower',
      '1 request of an API that this version does not know was kept in full, with whatever secrets may be in there',
    ]);
  });
});
