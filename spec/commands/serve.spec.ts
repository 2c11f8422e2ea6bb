import { expect } from 'chai';
import { serve } from '../../lib/commands/serve';

describe('serve', () => {
  it('takes one file and any number of overrides', async () => {
    const command = serve();
    const seen: unknown[] = [];
    command.action((file, { override }) => void seen.push(file, override));
    await command.parseAsync(['server.properties', '--override', 'a=1', '--override', 'b=2'], { from: 'user' });
    expect(seen).to.deep.equal(['server.properties', ['a=1', 'b=2']]);
  });

  it('is also called by the name of the program', () => {
    expect(serve('millrace').name()).to.equal('millrace');
  });
});
