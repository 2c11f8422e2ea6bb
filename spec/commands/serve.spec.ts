import { expect } from 'chai';
import { serve } from '../../lib/commands/serve';
import { rejected } from '../support/thrown';

describe('serve', () => {
  it('takes one file and any number of overrides', async () => {
    const command = serve();
    const seen: unknown[] = [];
    command.action((file, { override }) => void seen.push(file, override));
    await command.parseAsync(['server.properties', '--override', 'a=1', '--override', 'b=2'], { from: 'user' });
    expect(seen).to.deep.equal(['server.properties', ['a=1', 'b=2']]);
  });

  it('takes no option of a recording without one, and says which is missing', async () => {
    const command = serve()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .action(() => {});
    const refused = await rejected(command.parseAsync(['--capture-roll-mb', '1'], { from: 'user' }));
    expect(refused).to.include({ message: 'error: --capture-roll-mb needs --capture <file>' });
    await command.parseAsync(['--capture', 'x', '--capture-roll-mb', '1'], { from: 'user' });
  });

  it('is also called by the name of the program', () => {
    expect(serve('millrace').name()).to.equal('millrace');
  });
});
