import { expect } from 'chai';
import { Command } from 'commander';
import { addPlayOptions } from '../../lib/commands/play-options';

describe('addPlayOptions', () => {
  const parsed = (...args: string[]) =>
    addPlayOptions(new Command('x'))
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseAsync(args, { from: 'user' });

  it('takes how to play', async () => {
    const args = ['--speed', '0.5', '--ignore', 'a', '--ignore', 'b', '--timeout', '0', '--same-cluster'];
    const given = { speed: 0.5, ignore: ['a', 'b'], timeout: 0, sameCluster: true };
    expect((await parsed(...args)).opts()).to.deep.equal(given);
  });

  it('refuses values that no option has', async () => {
    for (const args of [
      ['--speed', '0'],
      ['--timeout', '-1'],
      ['--settle', 'x'],
      ['--port', '0'],
    ]) {
      const ended = await parsed(...args).catch((reason: unknown) => reason);
      expect(ended, args.join(' ')).to.have.property('code', 'commander.invalidArgument');
    }
  });
});
