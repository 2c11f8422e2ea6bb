import { expect } from 'chai';
import { traffic } from '../../lib/commands/traffic';

/** What the action is given. */
async function given(...args: string[]): Promise<unknown[]> {
  const command = traffic()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  const seen: unknown[] = [];
  command.action((files, options) => void seen.push(files, options));
  await command.parseAsync(args, { from: 'user' });
  return seen;
}

describe('traffic', () => {
  it('takes a file, and lists of what is wanted', async () => {
    expect(
      await given('a.mrcap', '--api', 'Fetch, Produce', '--api', '3', '--limit', '5', '--port', '1,2'),
    ).to.deep.equal([['a.mrcap'], { api: ['Fetch', 'Produce', '3'], limit: 5, port: [1, 2] }]);
  });

  it('takes several files', async () => {
    expect(await given('a', 'b', '--stats')).to.deep.equal([['a', 'b'], { stats: true }]);
  });

  it('has nothing to filter by if nothing is said', async () => {
    expect(await given('-')).to.deep.equal([['-'], {}]);
  });

  it('takes a broker to look at in the place of a file', async () => {
    expect(await given('--live', '--upstream', 'a:1', '--listen', '9192', '--keep', 'values,sasl')).to.deep.equal([
      [],
      { live: true, upstream: 'a:1', listen: '9192', keep: ['values', 'sasl'] },
    ]);
  });

  for (const args of [
    [],
    ['--live'],
    ['a', '--upstream', 'b:1'],
    ['a', '--listen', '9192'],
    ['a', '--advertised-host', 'h'],
    ['--upstream', 'b:1', '--port', '9092'],
    ['a', '-'],
    ['a', 'b', '--live'],
    ['a', '--limit', '0'],
    ['a', '--apis', 'Fetch'],
    ['a', '--port', '9092,x'],
  ]) {
    it(`refuses '${args.join(' ')}'`, async () => {
      const error = await given(...args).catch((reason: unknown) => reason);
      expect(error).to.have.property('exitCode', 1);
    });
  }
});
