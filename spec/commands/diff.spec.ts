import { expect } from 'chai';
import { diff } from '../../lib/commands/diff';

describe('diff', () => {
  it('takes recordings and two brokers', async () => {
    const command = diff();
    const seen: unknown[] = [];
    command.action((files, options) => void seen.push(files, options));
    await command.parseAsync(['x.mrcap', '--a', 'h:1', '--b', 'h:2', '--port', '9092', '--markdown'], { from: 'user' });
    expect(seen).to.deep.equal([['x.mrcap'], { a: 'h:1', b: 'h:2', port: [9092], markdown: true }]);
  });

  it('refuses a table that is not one', async () => {
    const command = diff()
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
    const args = ['x.mrcap', '--a', 'h:1', '--b', 'h:2', '--json', '--markdown'];
    const ended = await command.parseAsync(args, { from: 'user' }).catch((reason: unknown) => reason);
    expect(ended).to.have.property('code', 'commander.conflictingOption');
  });
});
