import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { checkAboveZero, checkRecording, type RecordingOptions } from '../../lib/capture/recording-options';
import { UsageError } from '../../lib/usage';
import { thrown } from '../support/thrown';

describe('checkRecording', () => {
  it('leaves secrets out unless they are to be kept, and keys if they are to be hidden', () => {
    const hidden = (options: RecordingOptions) => checkRecording('x', options).hidden;
    expect(hidden({})).to.deep.equal(['values', 'sasl', 'configs']);
    expect(hidden({ keep: ['values', 'configs'], hide: ['keys'] })).to.deep.equal(['keys', 'sasl']);
    expect(hidden({ keep: ['values', 'sasl', 'configs'] })).to.deep.equal([]);
  });

  it('completes what is not said', () => {
    const { bufferMaxBytes, whenFull, scheduler } = checkRecording('x', {});
    expect({ bufferMaxBytes, whenFull }).to.deep.equal({ bufferMaxBytes: 32 * 1024 * 1024, whenFull: 'drop' });
    expect(scheduler).to.equal(asyncScheduler);
  });

  it('refuses what cannot be meant, in the name of who was asked', () => {
    for (const [options, message] of [
      [{ keep: ['value'] }, 'x: keep: "value", expected a list of values, sasl, configs'],
      [{ hide: 'keys' }, 'x: hide: "keys", expected a list of keys'],
      [{ whenFull: 'no' }, `x: whenFull: "no", expected 'drop' or 'wait'`],
      [{ bufferMaxBytes: 0 }, 'x: bufferMaxBytes: 0, expected a number above 0'],
    ] as const) {
      const error = thrown(() => checkRecording('x', options as object));
      expect(error).to.be.instanceOf(UsageError).and.to.have.property('message', message);
    }
  });
});

describe('checkAboveZero', () => {
  it('takes numbers above 0, and none', () => {
    checkAboveZero('x', 'y', 0.5);
    checkAboveZero('x', 'y', undefined);
    for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(thrown(() => checkAboveZero('x', 'y', value))).to.be.instanceOf(UsageError);
  });
});
