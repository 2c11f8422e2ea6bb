import { expect } from 'chai';
import { Command } from 'commander';
import { addRecordingOptions, recordingOptions } from '../../lib/commands/recording-options';

function given(prefix: '' | 'capture-', ...args: string[]): object {
  const command = addRecordingOptions(new Command('x'), prefix)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  command.parse(args, { from: 'user' });
  return recordingOptions(command.opts(), prefix);
}

describe('recordingOptions', () => {
  it('are what capture() takes, with or without a prefix', () => {
    for (const prefix of ['', 'capture-'] as const) {
      const args = ['keep values,sasl', 'hide keys', 'roll-mb 2', 'roll-time 10min', 'zstd', 'wait'];
      const options = given(prefix, ...args.flatMap((text) => `--${prefix}${text}`.split(' ')));
      expect(options).to.deep.equal({
        keep: ['values', 'sasl'],
        hide: ['keys'],
        rollBytes: 2 * 1024 * 1024,
        rollMs: 600_000,
        zstd: true,
        whenFull: 'wait',
      });
      expect(given(prefix)).to.deep.equal({});
    }
  });
});

describe('addRecordingOptions', () => {
  for (const args of [
    ['--keep', 'value'],
    ['--keep', 'values,'],
    ['--hide', 'values'],
    ['--roll-mb', '0'],
    ['--roll-mb', 'x'],
    ['--roll-time', '5'],
    ['--roll-time', '0s'],
  ]) {
    it(`refuses ${args.join(' ')}`, () => {
      expect(() => given('', ...args)).to.throw(/[Ee]xpected/);
    });
  }
});
