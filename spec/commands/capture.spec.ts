import { expect } from 'chai';
import { capture } from '../../lib/commands/capture';

/** What the action is given. */
async function given(...args: string[]): Promise<unknown> {
  const command = capture()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  let seen: unknown;
  command.action((options) => void (seen = options));
  await command.parseAsync(args, { from: 'user' });
  return seen;
}

describe('capture', () => {
  it('takes where to, and what before', async () => {
    expect(
      await given('--upstream', 'a:1,b:2', '--to', 'x.mrcap', '--listen', 'c:3', '--keep', 'values'),
    ).to.deep.equal({
      upstream: 'a:1,b:2',
      to: 'x.mrcap',
      listen: 'c:3',
      keep: ['values'],
    });
  });

  for (const args of [[], ['--to', 'x'], ['--upstream', 'a:1'], ['--upstream', 'a:1', '--to', 'x', 'more']]) {
    it(`refuses '${args.join(' ')}'`, async () => {
      const error = await given(...args).catch((reason: unknown) => reason);
      expect(error).to.have.property('exitCode', 1);
    });
  }
});
